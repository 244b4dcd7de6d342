-- Who gave a series: empty for the engine itself. Each may have so many.
ALTER TABLE metric_series ADD COLUMN source TEXT NOT NULL DEFAULT '';
CREATE INDEX metric_series_source ON metric_series(source);
