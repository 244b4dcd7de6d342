package dev.hivedeck.engine.change.comment;

import dev.hivedeck.engine.git.diff.Diffs;
import dev.hivedeck.engine.git.diff.LineMoves;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has comments go along with their lines when a change has another commit. One whose lines are gone
 * is outdated, and keeps its last place; should they come back, it is there again.
 */
public final class CommentPlaces {
  private static final Logger LOG = LoggerFactory.getLogger(CommentPlaces.class);

  /** Of more the oldest are placed first, the others next time. */
  private static final int MOST = 5_000;

  private final Store store;
  private final Repository repository;
  private final Placed placed;
  private final Supplier<String> ids;

  /** Tells of a change whose comments have other places now. */
  @FunctionalInterface
  public interface Placed {
    void changed(Tx tx, String change) throws SQLException;
  }

  /**
   * A comment that was not looked for in the latest commit yet.
   *
   * @param head the commit that its lines are of
   * @param tip the change's latest
   */
  private record Comment(
      long id,
      long change,
      String head,
      String tip,
      String file,
      @Nullable Integer start,
      int line) {
    int first() {
      return start == null ? line : start;
    }
  }

  private record Commits(String from, String to) {}

  /**
   * @param ids of the correlation of what is written
   */
  public CommentPlaces(Store store, Repository repository, Placed placed, Supplier<String> ids) {
    this.store = store;
    this.repository = repository;
    this.placed = placed;
    this.ids = ids;
  }

  /** Places what was not placed yet. */
  public synchronized void look() {
    var comments = store.read(CommentPlaces::unplaced);
    if (comments.isEmpty()) {
      return;
    }
    var pairs =
        comments.stream().collect(Collectors.groupingBy(c -> new Commits(c.head(), c.tip())));
    pairs.forEach(
        (commits, of) -> {
          try {
            place(commits, of);
          } catch (HiveException e) { // a git that failed: looked at again soon
            LOG.info("comments keep their places for now: {}", e.getMessage());
          }
        });
  }

  private void place(Commits commits, List<Comment> comments) {
    var moves = moves(commits);
    var places = new HashMap<Comment, Optional<LineMoves.Place>>();
    for (var c : comments) {
      places.put(c, moves.flatMap(m -> m.place(c.file(), c.first(), c.line())));
    }
    store.update(ids.get(), tx -> write(tx, places));
  }

  /** Empty where what its lines are of is gone for good. */
  private Optional<LineMoves> moves(Commits commits) {
    return repository.has(commits.from())
        ? Optional.of(Diffs.moves(repository.git(), commits.from(), commits.to()))
        : Optional.empty();
  }

  private static List<Comment> unplaced(Sql sql) throws SQLException {
    return sql.list(
        "SELECT c.id, c.change, c.head, c.file, c.start_line, c.line, k.head AS tip"
            + " FROM comment c JOIN change k ON k.number = c.change"
            + " WHERE c.file IS NOT NULL AND c.line > 0 AND c.placed <> k.head"
            + " AND k.state NOT IN ('merged', 'closed') ORDER BY c.id LIMIT ?",
        row ->
            new Comment(
                row.number("id"),
                row.number("change"),
                row.text("head"),
                row.text("tip"),
                row.text("file"),
                row.isNull("start_line") ? null : row.integer("start_line"),
                row.integer("line")),
        MOST);
  }

  private void write(Tx tx, Map<Comment, Optional<LineMoves.Place>> places) throws SQLException {
    Set<Long> changed = new LinkedHashSet<>();
    for (var entry : places.entrySet()) {
      var c = entry.getKey();
      var place = entry.getValue().orElse(null);
      int rows =
          place == null
              ? tx.sql()
                  .update(
                      "UPDATE comment SET outdated = 1, placed = ? WHERE id = ? AND placed <> ?",
                      c.tip(),
                      c.id(),
                      c.tip())
              : tx.sql()
                  .update(
                      "UPDATE comment SET outdated = 0, head = ?, placed = ?, file = ?, line = ?,"
                          + " start_line = ? WHERE id = ? AND placed <> ?",
                      c.tip(),
                      c.tip(),
                      place.file(),
                      place.line(),
                      c.start() == null ? null : place.start(),
                      c.id(),
                      c.tip());
      if (rows > 0) {
        changed.add(c.change());
      }
    }
    for (long change : changed) {
      placed.changed(tx, "C-" + change);
    }
  }
}
