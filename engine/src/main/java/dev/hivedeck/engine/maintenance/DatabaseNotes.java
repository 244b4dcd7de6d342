package dev.hivedeck.engine.maintenance;

import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.WorkspaceMeta;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Notes in the workspace's database. */
public final class DatabaseNotes implements NoteStore {
  private final Ledger ledger;
  private final Writer writer;

  private interface Writer {
    void write(Map<String, String> values, Set<String> removed);
  }

  private DatabaseNotes(Ledger ledger, Writer writer) {
    this.ledger = ledger;
    this.writer = writer;
  }

  /** Those of an engine. */
  public static NoteStore of(Store store, Supplier<String> ids) {
    return new DatabaseNotes(
        store,
        (values, removed) ->
            store.update(
                ids.get(),
                tx -> {
                  for (var value : values.entrySet()) {
                    WorkspaceMeta.put(tx, value.getKey(), value.getValue());
                  }
                  for (String key : removed) {
                    WorkspaceMeta.remove(tx, key);
                  }
                }));
  }

  /** For who may only read: nothing is written. */
  public static NoteStore readOnly(Ledger ledger) {
    return new DatabaseNotes(ledger, (values, removed) -> {});
  }

  @Override
  public Optional<String> get(String key) {
    return ledger.read(sql -> WorkspaceMeta.get(sql, key));
  }

  @Override
  public Map<String, String> below(String prefix) {
    return ledger.read(sql -> WorkspaceMeta.below(sql, prefix));
  }

  @Override
  public void write(Map<String, String> values, Set<String> removed) {
    writer.write(values, removed);
  }
}
