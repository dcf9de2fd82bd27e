"""A published text never changes, whatever reaches the tables: the database itself refuses."""

from django.db import migrations

FIXED = """
CREATE FUNCTION strategy_published_text_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- The lock makes a writer wait for a publication under way, then see it.
  IF TG_OP <> 'INSERT' THEN
    PERFORM id FROM strategy_draft WHERE id = OLD.draft_id FOR SHARE;
    IF EXISTS (SELECT 1 FROM strategy_draft WHERE id = OLD.draft_id AND state = 'published') THEN
      RAISE EXCEPTION 'The text of a published draft never changes (draft %)', OLD.draft_id
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM id FROM strategy_draft WHERE id = NEW.draft_id FOR SHARE;
    IF EXISTS (SELECT 1 FROM strategy_draft WHERE id = NEW.draft_id AND state = 'published') THEN
      RAISE EXCEPTION 'The text of a published draft never changes (draft %)', NEW.draft_id
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER strategy_published_text_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON strategy_paragraph
  FOR EACH ROW EXECUTE FUNCTION strategy_published_text_is_fixed();

CREATE FUNCTION strategy_published_draft_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'published' AND (NEW.state <> OLD.state OR NEW.sha256 <> OLD.sha256) THEN
    RAISE EXCEPTION 'A published draft stays published, with its hash (draft %)', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER strategy_published_draft_stays BEFORE UPDATE ON strategy_draft
  FOR EACH ROW EXECUTE FUNCTION strategy_published_draft_stays();
"""
MAY_CHANGE = """
DROP TRIGGER strategy_published_draft_stays ON strategy_draft;
DROP FUNCTION strategy_published_draft_stays();
DROP TRIGGER strategy_published_text_is_fixed ON strategy_paragraph;
DROP FUNCTION strategy_published_text_is_fixed();
"""


class Migration(migrations.Migration):

    dependencies = [("strategy", "0003_imports")]

    operations = [migrations.RunSQL(FIXED, MAY_CHANGE)]
