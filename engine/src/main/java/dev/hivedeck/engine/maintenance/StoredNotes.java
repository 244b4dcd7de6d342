package dev.hivedeck.engine.maintenance;

import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Meta;
import dev.hivedeck.engine.store.Store;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Notes in the workspace's database. */
public final class StoredNotes implements Notes {
  private final Ledger ledger;
  private final Writer writer;

  private interface Writer {
    void write(Map<String, String> values, Set<String> removed);
  }

  private StoredNotes(Ledger ledger, Writer writer) {
    this.ledger = ledger;
    this.writer = writer;
  }

  /** Those of an engine. */
  public static Notes of(Store store, Supplier<String> ids) {
    return new StoredNotes(
        store,
        (values, removed) ->
            store.write(
                ids.get(),
                tx -> {
                  for (var value : values.entrySet()) {
                    Meta.put(tx, value.getKey(), value.getValue());
                  }
                  for (String key : removed) {
                    Meta.remove(tx, key);
                  }
                  return null;
                }));
  }

  /** For who may only read: nothing is written. */
  public static Notes readOnly(Ledger ledger) {
    return new StoredNotes(ledger, (values, removed) -> {});
  }

  @Override
  public Optional<String> get(String key) {
    return ledger.read(sql -> Meta.get(sql, key));
  }

  @Override
  public Map<String, String> below(String prefix) {
    return ledger.read(sql -> Meta.below(sql, prefix));
  }

  @Override
  public void write(Map<String, String> values, Set<String> removed) {
    writer.write(values, removed);
  }
}
