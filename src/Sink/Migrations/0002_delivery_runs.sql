-- Deliveries that may come again stand together now: those of one transaction are one row instead of one each, which nobody but a start reads.

CREATE TABLE delivery_runs (
  -- Of the newest in it.
  last_sequence INTEGER PRIMARY KEY,
  -- None of it is remembered longer than this.
  until_us INTEGER NOT NULL,
  -- One after the other, oldest first; big-endian, so that this script can write them too: sequence (8), at (8), until (8), recorder (8),
  -- position (8), closed position (8), hash of the body (16), flags (4), status (1), effect (1), reason (1), 1 position is open + 2 has a firing
  -- time + 4 has a key (1), length of the key (2), key (UTF-8).
  deliveries BLOB NOT NULL
);
CREATE INDEX delivery_runs_by_end ON delivery_runs (until_us);

-- Of deliveries without a key that came again: when they came last, and until when they are remembered now.
CREATE TABLE delivery_repeats (
  sequence INTEGER PRIMARY KEY,
  last_at_us INTEGER NOT NULL,
  until_us INTEGER NOT NULL
);
CREATE INDEX delivery_repeats_by_end ON delivery_repeats (until_us);

CREATE TEMP TABLE former AS
  SELECT *,
    strftime('%s', substr(at, 1, 19)) * 1000000 + substr(at, 21, 6) AS at_us,
    strftime('%s', substr(last_at, 1, 19)) * 1000000 + substr(last_at, 21, 6) AS last_at_us,
    strftime('%s', substr(until, 1, 19)) * 1000000 + substr(until, 21, 6) AS until_us
  FROM deliveries;

INSERT INTO delivery_runs (last_sequence, until_us, deliveries)
  SELECT sequence, until_us,
    unhex(
      printf('%016X%016X%016X%016X%016X%016X', sequence, at_us, until_us, recorder_id, position_id, closed_position_id) || hex(body_hash)
      || printf('%08X%02X%02X%02X%02X', flags, status, effect, reason, position_is_open + 2 * has_firing_time + 4 * (key IS NOT NULL))
      || printf('%04X', coalesce(length(CAST(key AS BLOB)), 0)) || hex(coalesce(key, '')))
  FROM former;

INSERT INTO delivery_repeats (sequence, last_at_us, until_us) SELECT sequence, last_at_us, until_us FROM former WHERE last_at <> at;

DROP TABLE former;
DROP TABLE deliveries;
