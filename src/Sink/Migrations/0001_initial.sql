-- The first schema. Never edited after it was released: a change is a new numbered file.
--
-- Money, prices and quantities are REAL so that SQL sorts and sums them. What the program reads back stands beside them exactly: `exact` and
-- `record` hold a position's record as bytes, `*_e9` columns whole numbers of 1e-9, `*_us` columns microseconds (since 1970, or long).
-- Moments are text of one width (2025-12-04T15:00:00.000000Z), which sorts as time does.

-- As of which ONE sequence everything in this file is; written in the same transaction as what it speaks of.
CREATE TABLE state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  sequence INTEGER NOT NULL,
  at TEXT,
  next_recorder_id INTEGER NOT NULL,
  -- Of the journal's record of `sequence`, which covers all before it: tells this history from another one.
  journal_checksum INTEGER NOT NULL DEFAULT 0,
  -- Sum of all times without service.
  total_gap_us INTEGER NOT NULL DEFAULT 0,
  -- What `signals` holds: rows, and the sum of their `bytes`.
  ledger_rows INTEGER NOT NULL DEFAULT 0,
  ledger_bytes INTEGER NOT NULL DEFAULT 0,
  -- Tells this file from another one put in its place.
  identity TEXT NOT NULL
);
INSERT INTO state (id, sequence, at, next_recorder_id, identity) VALUES (1, 0, NULL, 1, lower(hex(randomblob(16))));

CREATE TABLE recorders (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  on_opposite TEXT NOT NULL,
  default_quantity REAL NOT NULL,
  default_quantity_e9 INTEGER NOT NULL,
  duplicate_window REAL NOT NULL,
  duplicate_window_us INTEGER NOT NULL,
  price_max_age REAL NOT NULL,
  price_max_age_us INTEGER NOT NULL,
  fill_price TEXT NOT NULL,
  max_age REAL NOT NULL,
  max_age_us INTEGER NOT NULL,
  -- JSON: their names of fields to ours.
  field_mapping TEXT,
  commission REAL NOT NULL,
  commission_e9 INTEGER NOT NULL,
  drawdown_limit REAL,
  drawdown_limit_e9 INTEGER,
  enabled INTEGER NOT NULL,
  created_at TEXT NOT NULL
);

-- A deleted recorder's closed positions are still asked for by its last name.
CREATE TABLE deleted_recorders (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  deleted_at TEXT NOT NULL
);
CREATE INDEX deleted_recorders_by_name ON deleted_recorders (name);

-- Tokens and keys are known by their SHA-256 only.
CREATE TABLE recorder_tokens (
  hash TEXT PRIMARY KEY,
  recorder_id INTEGER NOT NULL REFERENCES recorders (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  label TEXT NOT NULL,
  created_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX recorder_tokens_by_recorder ON recorder_tokens (recorder_id);

CREATE TABLE api_keys (
  hash TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  scope TEXT NOT NULL,
  created_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE instruments (
  root TEXT NOT NULL,
  -- 1: of the files; 0: set by the API, which wins.
  from_files INTEGER NOT NULL,
  exchange TEXT NOT NULL,
  name TEXT NOT NULL,
  tick_size REAL NOT NULL,
  tick_size_e9 INTEGER NOT NULL,
  tick_value REAL NOT NULL,
  tick_value_e9 INTEGER NOT NULL,
  currency TEXT NOT NULL,
  kind TEXT NOT NULL,
  PRIMARY KEY (root, from_files)
) WITHOUT ROWID;

-- In the order of the file or of the API's calls (rowid).
CREATE TABLE front_contracts (
  root TEXT NOT NULL,
  contract TEXT NOT NULL,
  from_utc TEXT NOT NULL,
  from_file INTEGER NOT NULL
);

CREATE TABLE symbols (
  name TEXT PRIMARY KEY,
  root TEXT NOT NULL,
  kind TEXT NOT NULL,
  continuous_index INTEGER NOT NULL,
  last_price REAL,
  last_price_e9 INTEGER,
  last_at TEXT,
  -- Greatest own time of its ticks: later ones are judged late by it.
  newest_at TEXT,
  -- Engine time of its last fold.
  changed_at TEXT,
  -- Sum of all times in which its feed was out, and since when it is (stops of the service left out).
  outage_total_us INTEGER NOT NULL DEFAULT 0,
  outage_since TEXT
) WITHOUT ROWID;

-- One row a position, open or closed. `exact` is the record as of the last fill; the figures of an open row follow the market by snapshots.
CREATE TABLE recorder_positions (
  id INTEGER PRIMARY KEY,
  recorder_id INTEGER NOT NULL,
  recorder TEXT NOT NULL,
  symbol TEXT NOT NULL,
  contract TEXT,
  root TEXT NOT NULL,
  currency TEXT NOT NULL,
  side TEXT NOT NULL,
  status TEXT NOT NULL,
  outcome TEXT NOT NULL,
  total_quantity REAL NOT NULL,
  max_quantity REAL NOT NULL,
  entry_quantity REAL NOT NULL,
  avg_entry_price REAL NOT NULL,
  exit_price REAL,
  exit_time TEXT,
  current_price REAL,
  current_price_at TEXT,
  unrealized_pnl REAL NOT NULL,
  realized_pnl REAL NOT NULL,
  commission REAL NOT NULL,
  net_pnl REAL NOT NULL,
  worst_unrealized_pnl REAL NOT NULL,
  best_unrealized_pnl REAL NOT NULL,
  worst_total_pnl REAL NOT NULL,
  best_total_pnl REAL NOT NULL,
  max_drawdown REAL NOT NULL,
  drawdown REAL NOT NULL,
  worst_price REAL,
  worst_at TEXT,
  best_price REAL,
  best_at TEXT,
  tick_count INTEGER NOT NULL,
  gap_seconds INTEGER NOT NULL,
  flags TEXT NOT NULL,
  close_reason TEXT,
  opened_at TEXT NOT NULL,
  closed_at TEXT,
  -- Last fill, or last snapshot of an open position.
  updated_at TEXT NOT NULL,
  -- Last fill.
  changed_at TEXT NOT NULL,
  tradovate_position_id INTEGER,
  exact BLOB NOT NULL,
  -- Last, because they grow.
  entries TEXT NOT NULL,
  exits TEXT NOT NULL
);
-- closed_at stands in the first three so that a range of it is looked up in the index alone.
CREATE INDEX closed_by_id ON recorder_positions (id, closed_at) WHERE status = 'closed';
CREATE INDEX closed_by_recorder ON recorder_positions (recorder_id, id, closed_at) WHERE status = 'closed';
CREATE INDEX closed_by_symbol ON recorder_positions (symbol, id, closed_at) WHERE status = 'closed';
CREATE INDEX closed_by_closing ON recorder_positions (closed_at, id) WHERE status = 'closed';

CREATE TABLE fills (
  position_id INTEGER NOT NULL,
  -- The input's sequence, and the fill's place among the outputs of it.
  seq INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  is_entry INTEGER NOT NULL,
  price REAL NOT NULL,
  price_e9 INTEGER NOT NULL,
  quantity REAL NOT NULL,
  quantity_e9 INTEGER NOT NULL,
  at TEXT NOT NULL,
  signal_at TEXT,
  price_source TEXT NOT NULL,
  flags INTEGER NOT NULL,
  label TEXT,
  PRIMARY KEY (position_id, seq, ordinal)
) WITHOUT ROWID;

-- The record of every key as of its last change, flat ones too: what a start reads.
CREATE TABLE position_keys (
  recorder_id INTEGER NOT NULL,
  symbol TEXT NOT NULL,
  contract TEXT NOT NULL,
  root TEXT NOT NULL,
  is_open INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (recorder_id, symbol)
) WITHOUT ROWID;
CREATE INDEX open_keys_by_contract ON position_keys (contract, sequence) WHERE is_open = 1;

-- Deliveries that may come again, and what they were answered, for nobody but a start: those with a repeat key for a day, those without for a minute
-- or the recorder's window. All of one transaction are one row, those with a key apart from those without.
CREATE TABLE delivery_runs (
  -- Of the newest in it.
  last_sequence INTEGER PRIMARY KEY,
  -- None of it is remembered longer than this.
  until_us INTEGER NOT NULL,
  -- Of a run with keys: how many deliveries with a key were written up to and with it, since there were none. Those that lie further back than the
  -- engine remembers are deleted before their time.
  keyed_total INTEGER,
  -- One after the other, oldest first; big-endian: sequence (8), at (8), until (8), recorder (8), position (8), closed position (8), hash of the body
  -- (16), flags (4), status (1), effect (1), reason (1), 1 position is open + 2 has a firing time + 4 has a key (1), length of the key (2), key
  -- (UTF-8). Last the CRC32C of all that (4).
  deliveries BLOB NOT NULL
);
CREATE INDEX delivery_runs_by_end ON delivery_runs (until_us);
CREATE INDEX delivery_runs_by_total ON delivery_runs (keyed_total) WHERE keyed_total IS NOT NULL;

-- Of deliveries without a key that came again: when they came last, and until when they are remembered now.
CREATE TABLE delivery_repeats (
  sequence INTEGER PRIMARY KEY,
  last_at_us INTEGER NOT NULL,
  until_us INTEGER NOT NULL
);
CREATE INDEX delivery_repeats_by_end ON delivery_repeats (until_us);

-- Named senders of ticks: up to which of its batches each is in this file, so that one that reconnects loses and doubles nothing.
CREATE TABLE feeds (
  name TEXT PRIMARY KEY,
  -- Of its newest batch; not of the journal.
  sequence INTEGER NOT NULL,
  -- Engine time at which it was last heard of.
  seen_at TEXT NOT NULL
) WITHOUT ROWID;

-- Ticks of a symbol between two sequences, as the one value they amount to. Neighbours are one row unless an open key starts between them.
CREATE TABLE symbol_folds (
  symbol TEXT NOT NULL,
  from_seq INTEGER NOT NULL,
  to_seq INTEGER NOT NULL,
  tick_count INTEGER NOT NULL,
  first_e9 INTEGER NOT NULL,
  first_at_us INTEGER NOT NULL,
  last_e9 INTEGER NOT NULL,
  last_at_us INTEGER NOT NULL,
  min_e9 INTEGER NOT NULL,
  min_at_us INTEGER NOT NULL,
  max_e9 INTEGER NOT NULL,
  max_at_us INTEGER NOT NULL,
  greatest_fall_e9 INTEGER NOT NULL,
  greatest_rise_e9 INTEGER NOT NULL,
  newest_at_us INTEGER NOT NULL,
  PRIMARY KEY (symbol, from_seq)
) WITHOUT ROWID;

-- For charts: open positions once a second as far as the budget goes, a day in full, then one a minute for 30 days.
CREATE TABLE position_snapshots (
  position_id INTEGER NOT NULL,
  taken_at TEXT NOT NULL,
  price REAL NOT NULL,
  price_e9 INTEGER NOT NULL,
  unrealized_pnl REAL NOT NULL,
  worst_unrealized_pnl REAL NOT NULL,
  best_unrealized_pnl REAL NOT NULL,
  -- 1: the position's first of its minute, kept longer.
  is_minute INTEGER NOT NULL,
  PRIMARY KEY (position_id, taken_at)
) WITHOUT ROWID;
CREATE INDEX snapshots_of_minutes ON position_snapshots (taken_at) WHERE is_minute = 1;
CREATE INDEX snapshots_between ON position_snapshots (taken_at) WHERE is_minute = 0;

-- The ledger: every body that a valid token sent, with its decision. The id is the sequence of its input.
CREATE TABLE signals (
  id INTEGER PRIMARY KEY,
  -- Engine time: rises with the ids.
  at TEXT NOT NULL,
  recorder_id INTEGER NOT NULL,
  recorder TEXT NOT NULL,
  status TEXT NOT NULL,
  reason TEXT,
  detail TEXT,
  field TEXT,
  effect TEXT,
  action TEXT,
  symbol TEXT,
  price REAL,
  price_e9 INTEGER,
  quantity REAL,
  quantity_e9 INTEGER,
  position_id INTEGER,
  closed_position_id INTEGER,
  flags INTEGER NOT NULL,
  label TEXT,
  key TEXT,
  -- JSON: take-profit and stop-loss levels by kind.
  brackets TEXT,
  -- Of a repeat: the signal that it repeats.
  first_id INTEGER,
  -- Of one applied later by hand: the rejected signal; and of that one: what it was applied as.
  retry_of INTEGER,
  retried_as INTEGER,
  -- The times of each hop by the clock; NULL where unknown.
  signal_at TEXT,
  received_at TEXT NOT NULL,
  decided_at TEXT,
  committed_at TEXT,
  answered_at TEXT,
  -- Of a rejected one: what a repeat of it would share.
  body_hash BLOB,
  -- Secrets masked, cut at 4 KiB.
  body TEXT NOT NULL,
  is_cut INTEGER NOT NULL,
  -- What the row takes in this file with its indexes, about.
  bytes INTEGER NOT NULL
);
-- Both with the status first, so that a rare one is found at once; all of a recorder's are its four statuses merged.
CREATE INDEX signals_by_recorder ON signals (recorder_id, status, id);
CREATE INDEX signals_by_status ON signals (status, id);
