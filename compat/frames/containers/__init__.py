"""What the chunks of a clip's file say about it, read without decoding anything."""
