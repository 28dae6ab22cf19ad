-- Evidence is only ever appended: what was measured once stays readable for ever, with its
-- environment. Each table keeps a few columns for queries and the whole noun as JSON in data.
BEGIN IMMEDIATE;

-- "FGEV": tells a framegate store from any other SQLite file.
PRAGMA application_id = 1179075926;

CREATE TABLE environment (
  fingerprint TEXT PRIMARY KEY,
  recorded_at TEXT NOT NULL,
  data TEXT NOT NULL CHECK (json_valid(data))
) STRICT;

CREATE TABLE result (
  id INTEGER PRIMARY KEY,
  probe TEXT NOT NULL,
  outcome TEXT NOT NULL,
  environment TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  data TEXT NOT NULL CHECK (json_valid(data))
) STRICT;

CREATE INDEX result_by_probe ON result (probe, id);

CREATE TABLE preflight (
  id INTEGER PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  environment TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  data TEXT NOT NULL CHECK (json_valid(data))
) STRICT;

CREATE INDEX preflight_by_fingerprint ON preflight (fingerprint, id);

CREATE TABLE decision (
  id INTEGER PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'shut')),
  recorded_at TEXT NOT NULL,
  data TEXT NOT NULL CHECK (json_valid(data))
) STRICT;

CREATE INDEX decision_by_fingerprint ON decision (fingerprint, id);

CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  run TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 0),
  kind TEXT NOT NULL,
  at TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  data TEXT NOT NULL CHECK (json_valid(data)),
  UNIQUE (run, number)
) STRICT;

-- A run is resumed from its events, so a missing one must be impossible, not merely unlikely.
CREATE TRIGGER event_numbers_have_no_gaps BEFORE INSERT ON event
WHEN NEW.number <> (SELECT COALESCE(MAX(number) + 1, 0) FROM event WHERE run = NEW.run)
BEGIN SELECT RAISE(ABORT, 'event number is taken or leaves a gap'); END;

CREATE TRIGGER environment_is_never_changed BEFORE UPDATE ON environment
BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER environment_is_never_deleted BEFORE DELETE ON environment
BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER result_is_never_changed BEFORE UPDATE ON result
BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER result_is_never_deleted BEFORE DELETE ON result
BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER preflight_is_never_changed BEFORE UPDATE ON preflight
BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER preflight_is_never_deleted BEFORE DELETE ON preflight
BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER decision_is_never_changed BEFORE UPDATE ON decision
BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER decision_is_never_deleted BEFORE DELETE ON decision
BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;

PRAGMA user_version = 1;
COMMIT;
