/** SQLSTATE of a schema that holds more than can be copied. */
export const NOT_PLAIN = 'HS001';

/**
 * SQL that copies every table of a schema into another, empty one: columns, defaults, keys, indexes, checks, rows, and sequences
 * at the number they are at. The copy refers to nothing in the original, so either can take the other's name. A schema with
 * views, functions, triggers, types, policies or partitions is refused with SQLSTATE HS001.
 */
export function snapshotScript(source: string, target: string): string {
  return `
DO $snapshot$
DECLARE
  source oid := '${source}'::regnamespace;
  thing record;
  columns text;
  place text;
  later text[];
  statement text;
BEGIN
  IF EXISTS (SELECT FROM pg_class WHERE relnamespace = source AND (relkind NOT IN ('r', 'i', 'S') OR relispartition))
    OR EXISTS (SELECT FROM pg_proc WHERE pronamespace = source AND proname !~ '^hansa_run_')
    OR EXISTS (SELECT FROM pg_type WHERE typnamespace = source AND typtype IN ('d', 'e', 'r', 'm'))
    OR EXISTS (SELECT FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE relnamespace = source AND NOT tgisinternal)
    OR EXISTS (SELECT FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid WHERE relnamespace = source)
    OR EXISTS (SELECT FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE relnamespace = source AND relkind = 'r')
  THEN
    RAISE EXCEPTION 'the schema holds more than tables, indexes and sequences' USING ERRCODE = '${NOT_PLAIN}';
  END IF;

  -- Written down while names are read as the source sees them, run when they are read as the copy does.
  SELECT array_agg(format('ALTER TABLE %I ALTER COLUMN %I SET DEFAULT %s', relname, attname, pg_get_expr(adbin, adrelid)))
    INTO later FROM pg_attrdef JOIN pg_class ON pg_class.oid = adrelid
    JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum AND attgenerated = '' WHERE relnamespace = source;
  -- Keys and indexes by their own names, which later migrations may use; references last, when what they refer to is there.
  later := coalesce(later, '{}') || coalesce((
    SELECT array_agg(format('ALTER TABLE %I ADD CONSTRAINT %I %s', relname, conname, pg_get_constraintdef(pg_constraint.oid)))
      FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid WHERE relnamespace = source AND contype IN ('p', 'u', 'x')), '{}');
  later := later || coalesce((
    SELECT array_agg(replace(pg_get_indexdef(indexrelid), ' ON ${source}.', ' ON ${target}.'))
      FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relnamespace = source
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))), '{}');
  later := later || coalesce((
    SELECT array_agg(format('ALTER TABLE %I ADD CONSTRAINT %I %s', relname, conname, pg_get_constraintdef(pg_constraint.oid)))
      FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid WHERE relnamespace = source AND contype = 'f'), '{}');

  FOR thing IN SELECT oid, relname FROM pg_class WHERE relnamespace = source AND relkind = 'r' ORDER BY relname LOOP
    EXECUTE format('CREATE TABLE ${target}.%I (LIKE ${source}.%I INCLUDING ALL EXCLUDING INDEXES)', thing.relname, thing.relname);
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
      WHERE attrelid = thing.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
    IF columns IS NOT NULL THEN
      EXECUTE format('INSERT INTO ${target}.%I (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM ${source}.%I',
        thing.relname, columns, columns, thing.relname);
    END IF;
  END LOOP;

  FOR thing IN
    SELECT sequences.relname, pg_sequence.*, tables.relname AS owner, attname, deptype
      FROM pg_class AS sequences JOIN pg_sequence ON seqrelid = sequences.oid
      LEFT JOIN pg_depend ON classid = 'pg_class'::regclass AND objid = sequences.oid AND refclassid = 'pg_class'::regclass
        AND deptype IN ('a', 'i') AND refobjsubid > 0
      LEFT JOIN pg_class AS tables ON tables.oid = refobjid
      LEFT JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
     WHERE sequences.relnamespace = source ORDER BY sequences.relname
  LOOP
    IF thing.deptype = 'i' THEN
      place := pg_get_serial_sequence(format('${target}.%I', thing.owner), thing.attname);
    ELSE
      place := format('${target}.%I', thing.relname);
      EXECUTE format('CREATE SEQUENCE %s AS %s INCREMENT %s MINVALUE %s MAXVALUE %s START %s CACHE %s %s', place,
        format_type(thing.seqtypid, NULL), thing.seqincrement, thing.seqmin, thing.seqmax, thing.seqstart, thing.seqcache,
        CASE WHEN thing.seqcycle THEN 'CYCLE' ELSE '' END);
      IF thing.deptype = 'a' THEN
        EXECUTE format('ALTER SEQUENCE %s OWNED BY ${target}.%I.%I', place, thing.owner, thing.attname);
      END IF;
    END IF;
    EXECUTE format('SELECT setval(%L, last_value, is_called) FROM ${source}.%I', place, thing.relname);
  END LOOP;

  PERFORM set_config('search_path', '${target}', true);
  FOREACH statement IN ARRAY later LOOP EXECUTE statement; END LOOP;
END $snapshot$;`;
}
