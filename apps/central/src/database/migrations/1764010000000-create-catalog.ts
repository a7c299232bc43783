import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateCatalog1764010000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE catalog_revision (
        singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
        revision bigint NOT NULL
      );
      INSERT INTO catalog_revision (revision) VALUES (1);

      CREATE TABLE packages (
        id text PRIMARY KEY CHECK (id ~ '^ccmp_[0-9A-HJKMNP-TV-Z]{26}$'),
        marketplace_id text NOT NULL UNIQUE CHECK (marketplace_id ~ '^@[a-z0-9][a-z0-9-]{0,38}/[a-z0-9][a-z0-9._-]{0,63}$'),
        plugin_id text,
        publisher_id text NOT NULL REFERENCES publishers (id),
        name text NOT NULL,
        type text NOT NULL CHECK (type IN ('payment', 'fulfillment', 'b2b-api', 'storefront-template', 'admin-extension', 'marketing')),
        summary text NOT NULL,
        description text NOT NULL,
        categories text[] NOT NULL DEFAULT '{}',
        icon_url text,
        screenshots text[] NOT NULL DEFAULT '{}',
        license_kind text NOT NULL CHECK (license_kind IN ('free', 'one_time', 'subscription', 'per_instance')),
        price_minor int NOT NULL CHECK (price_minor >= 0),
        currency text NOT NULL DEFAULT 'EUR' CHECK (currency ~ '^[A-Z]{3}$'),
        billing_interval text CHECK (billing_interval IN ('month', 'year')),
        downloads int NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL,
        latest_release_id text,
        first_published_at timestamptz,
        last_published_at timestamptz,
        revision bigint NOT NULL DEFAULT 0,
        search tsvector NOT NULL GENERATED ALWAYS AS (
          setweight(to_tsvector('simple', name), 'A')
          || setweight(to_tsvector('simple', regexp_replace(marketplace_id, '[^a-z0-9]+', ' ', 'g')), 'B')
          || setweight(to_tsvector('simple', summary), 'C')
          || setweight(to_tsvector('simple', left(description, 5000)), 'D')) STORED,
        CHECK ((license_kind = 'free') = (price_minor = 0)),
        CHECK ((license_kind = 'subscription') = (billing_interval IS NOT NULL))
      );

      CREATE TABLE releases (
        id text PRIMARY KEY,
        package_id text NOT NULL REFERENCES packages (id),
        version text NOT NULL,
        version_key text COLLATE "C" NOT NULL,
        status text NOT NULL CHECK (status IN
          ('submitted', 'in_review', 'changes_requested', 'approved', 'rejected', 'published', 'yanked')),
        sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
        size_bytes int NOT NULL CHECK (size_bytes > 0),
        manifest jsonb NOT NULL,
        manifest_sha256 text NOT NULL,
        signature text NOT NULL,
        key_kid text NOT NULL REFERENCES publisher_keys (kid),
        changelog text NOT NULL DEFAULT '',
        min_platform text NOT NULL,
        min_platform_key text COLLATE "C" NOT NULL,
        max_platform text,
        max_platform_key text COLLATE "C",
        channel text NOT NULL CHECK (channel IN ('stable', 'beta', 'alpha')),
        security boolean NOT NULL DEFAULT false,
        rollout_percent int NOT NULL DEFAULT 100 CHECK (rollout_percent BETWEEN 0 AND 100),
        findings jsonb NOT NULL DEFAULT '[]',
        review_note text,
        submitted_at timestamptz NOT NULL,
        published_at timestamptz,
        yanked_at timestamptz,
        yanked_reason text,
        CONSTRAINT releases_version UNIQUE (package_id, version_key),
        CHECK (status NOT IN ('published', 'yanked') OR published_at IS NOT NULL),
        CHECK ((status = 'yanked') = (yanked_at IS NOT NULL))
      );
      CREATE INDEX releases_published ON releases (package_id, version_key DESC) WHERE status = 'published';
      CREATE INDEX releases_queue ON releases (status, submitted_at, id);
      ALTER TABLE packages ADD FOREIGN KEY (latest_release_id) REFERENCES releases (id) DEFERRABLE INITIALLY IMMEDIATE;

      CREATE INDEX packages_revision ON packages (revision);
      CREATE INDEX packages_publisher ON packages (publisher_id);
      CREATE INDEX packages_search ON packages USING gin (search);
      CREATE INDEX packages_categories ON packages USING gin (categories);
      CREATE INDEX packages_newest ON packages (first_published_at DESC, id) WHERE latest_release_id IS NOT NULL;
      CREATE INDEX packages_updated ON packages (last_published_at DESC, id) WHERE latest_release_id IS NOT NULL;
      CREATE INDEX packages_popular ON packages (downloads DESC, id) WHERE latest_release_id IS NOT NULL;
      CREATE INDEX packages_name ON packages (lower(name), id) WHERE latest_release_id IS NOT NULL;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE packages DROP COLUMN latest_release_id; DROP TABLE releases; DROP TABLE packages; DROP TABLE catalog_revision;`);
  }
}
