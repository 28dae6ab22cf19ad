"""One adapter per way of computing; each answers cheaply whether it can be used and why not."""
