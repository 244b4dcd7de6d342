package dev.hivedeck.ui.live;

import dev.hivedeck.engine.protocol.view.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javafx.collections.ModifiableObservableListBase;
import javafx.collections.ObservableList;
import javafx.util.Subscription;

/**
 * All things of one kind, by id. A thing keeps its position while it is replaced; new ones come
 * last. Belongs to the FX thread.
 *
 * @param <V> their view
 */
public final class EntityStore<V extends View> {
  /** Beyond this many changes one {@code setAll} is cheaper than telling each. */
  private static final int MANY = 500;

  private final Rows<V> rows = new Rows<>();
  private final ObservableList<V> shown =
      javafx.collections.FXCollections.unmodifiableObservableList(rows);
  private final Map<String, Integer> places = new HashMap<>();
  private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
  private boolean changed;

  EntityStore() {}

  /** Every thing, in a stable order; each batch of news is one change of this list. */
  public ObservableList<V> all() {
    return shown;
  }

  public Optional<V> get(String id) {
    var place = id == null ? null : places.get(id);
    return place == null ? Optional.empty() : Optional.of(rows.get(place));
  }

  public int size() {
    return rows.size();
  }

  /**
   * Runs {@code watcher} now and after news, at most about ten times a second: for what is counted
   * or drawn from the whole. Unsubscribe when the screen is hidden.
   */
  public Subscription watch(Runnable watcher) {
    watchers.add(watcher);
    watcher.run();
    return () -> watchers.remove(watcher);
  }

  void replaceAll(List<? extends V> things) {
    rows.setAll(things);
    index();
    changed = true;
  }

  /** Applies the latest of each changed thing; null means it is gone. */
  void apply(Map<String, V> news) {
    if (news.isEmpty()) {
      return;
    }
    changed = true;
    if (news.size() > MANY) {
      var next = new ArrayList<V>(rows.size() + news.size());
      rows.forEach(
          old -> {
            var fresh = news.getOrDefault(old.id(), old);
            if (fresh != null) {
              next.add(fresh);
            }
          });
      news.forEach(
          (id, fresh) -> {
            if (fresh != null && !places.containsKey(id)) {
              next.add(fresh);
            }
          });
      rows.setAll(next);
      index();
      return;
    }
    var gone = rows.change(news, places);
    if (gone) {
      index();
    }
  }

  /** Tells the watchers, when there is something to tell. */
  void pulse() {
    if (changed) {
      changed = false;
      watchers.forEach(Runnable::run);
    }
  }

  private void index() {
    places.clear();
    for (int i = 0; i < rows.size(); i++) {
      places.put(rows.get(i).id(), i);
    }
  }

  /** An observable list that tells a whole batch as one change. */
  private static final class Rows<V extends View> extends ModifiableObservableListBase<V> {
    private List<V> values = new ArrayList<>();

    /** Whether something was removed, so that positions moved. */
    boolean change(Map<String, V> news, Map<String, Integer> places) {
      var gone = new ArrayList<Integer>();
      beginChange();
      news.forEach(
          (id, fresh) -> {
            var place = places.get(id);
            if (fresh == null) {
              if (place != null) {
                gone.add(place);
              }
            } else if (place == null) {
              places.put(id, size());
              add(fresh);
            } else {
              set(place, fresh);
            }
          });
      gone.sort(java.util.Comparator.reverseOrder());
      gone.forEach(place -> remove(place.intValue()));
      endChange();
      return !gone.isEmpty();
    }

    @Override
    public boolean setAll(java.util.Collection<? extends V> next) {
      beginChange();
      var old = values;
      values = new ArrayList<>(next);
      modCount++;
      nextReplace(0, values.size(), old);
      endChange();
      return true;
    }

    @Override
    public V get(int index) {
      return values.get(index);
    }

    @Override
    public int size() {
      return values.size();
    }

    @Override
    protected void doAdd(int index, V value) {
      values.add(index, value);
    }

    @Override
    protected V doSet(int index, V value) {
      return values.set(index, value);
    }

    @Override
    protected V doRemove(int index) {
      return values.remove(index);
    }
  }
}
