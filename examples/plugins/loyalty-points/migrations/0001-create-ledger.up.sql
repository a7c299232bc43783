-- Names are unqualified: the shop runs this inside the plugin's own schema.
CREATE TABLE accounts (
  customer text PRIMARY KEY CHECK (length(customer) BETWEEN 1 AND 100),
  balance bigint NOT NULL DEFAULT 0
);

CREATE TABLE entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer text NOT NULL REFERENCES accounts (customer) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('earn', 'take_back', 'redeem', 'partner')),
  points bigint NOT NULL CHECK (points <> 0),
  reference text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  -- An event or a request that arrives twice is booked once.
  UNIQUE (customer, kind, reference)
);
