package dev.hivedeck.engine.stack;

import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.change.ChangeStateMachine;
import dev.hivedeck.engine.change.MergeQueue;
import dev.hivedeck.engine.change.MergeRecorder;
import dev.hivedeck.engine.change.stack.StackLedger;
import dev.hivedeck.engine.change.stack.StackLedger.Below;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.mainline.Incoming;
import dev.hivedeck.engine.mainline.Mainline;
import dev.hivedeck.engine.mainline.MergeResult;
import dev.hivedeck.engine.plan.ReworkHandler;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.event.ChangeEvent;
import dev.hivedeck.engine.protocol.merge.MergeMethod;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.ReviewState;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts changes on what is below them as it is now: when that has another commit, came to main in
 * other commits than its own, or was closed. What conflicts goes back to its agent, at most a few
 * times in a row; nothing of it is lost. Used by the thread of the merge queue alone.
 */
public final class Restack implements MergeQueue.Restacking {
  private static final Logger LOG = LoggerFactory.getLogger(Restack.class);

  /** So many files in conflict are named. */
  private static final int NAMED = 3;

  private final Store store;
  private final Mainline mainline;
  private final ReworkHandler reworkHandler;
  private final Supplier<HiveConfig> config;
  private final UnaryOperator<String> redact;
  private final Supplier<String> ids;

  /** What conflicted, at which commits: not tried again before one of both is another. */
  private final Set<String> stuck = new HashSet<>();

  /**
   * @param config in force: how changes are measured
   * @param redact masks secrets in the names of files
   * @param ids of the correlation of what is written
   */
  public Restack(
      Store store,
      Mainline mainline,
      ReworkHandler reworkHandler,
      Supplier<HiveConfig> config,
      UnaryOperator<String> redact,
      Supplier<String> ids) {
    this.store = store;
    this.mainline = mainline;
    this.reworkHandler = reworkHandler;
    this.config = config;
    this.redact = redact;
    this.ids = ids;
  }

  /**
   * Where a change is to stand.
   *
   * @param onto the commit
   * @param parent the number of the change that it is of; null for main
   * @param name of it, as people say it
   * @param why it moved, in words
   * @param asks whether a person is to look at it again
   */
  private record Place(String onto, @Nullable Long parent, String name, String why, boolean asks) {}

  @Override
  public void run() {
    boolean moved = true;
    while (moved) { // those on top of one that moved move after it
      moved = false;
      for (var change : store.read(Restack::behind)) {
        moved |= follow(change);
      }
    }
  }

  /** Changes that nobody works on and that do not stand on what is below them now. */
  private static List<ChangeLedger.Row> behind(Sql sql) throws SQLException {
    var ids =
        sql.list(
            "SELECT c.number FROM change c JOIN change p ON p.number = c.parent JOIN task t ON t.id"
                + " = c.task WHERE c.state NOT IN ('merged', 'closed', 'merging') AND t.state ="
                + " 'done' AND (p.state IN ('merged', 'closed') OR p.head <> c.base) ORDER BY"
                + " c.number",
            row -> "C-" + row.number("number"));
    var all = new ArrayList<ChangeLedger.Row>();
    for (String id : ids) {
      all.add(ChangeLedger.get(sql, id));
    }
    return all;
  }

  /** Whether it moved. */
  private boolean follow(ChangeLedger.Row change) {
    try {
      var below = store.read(sql -> StackLedger.below(sql, change.number())).orElseThrow();
      if (below.state() == ChangeState.MERGED && mainline.onMain(change.base())) {
        return settled(change, below);
      }
      var place = place(below);
      String tried = change.head() + " " + place.onto();
      if (change.state() == ChangeState.CONFLICTED && stuck.contains(tried)) {
        return false;
      }
      var work =
          new Incoming(change.head(), MergeMethod.REBASE, change.title(), Map.of(), change.base());
      return switch (mainline.replay(place.onto(), work)) {
        case MergeResult.Merged(String head) -> moved(change, below, place, head);
        case MergeResult.Conflict conflict -> {
          stuck.add(tried);
          yield conflicted(change, below, place, conflict);
        }
        case MergeResult.Unrelated _, MergeResult.Refused _ -> false;
      };
    } catch (HiveException e) { // a commit that went, a git that failed: looked at again later
      LOG.warn("{} is not put on what is below it now: {}", change.id(), e.getMessage());
      return false;
    }
  }

  /** It stands on main as it is, as what was below it came there in its own commits. */
  private boolean settled(ChangeLedger.Row change, Below below) {
    return store.write(
        ids.get(),
        tx -> {
          StackLedger.put(tx, change.number(), null);
          told(tx, change, "stands on main: #%d below it is there".formatted(below.number()));
          return true;
        });
  }

  private Place place(Below below) {
    return switch (below.state()) {
      case MERGED ->
          new Place(
              below.merge() != null && mainline.onMain(below.merge())
                  ? below.merge()
                  : mainline.tip(),
              null,
              "main",
              "#%d below it was merged".formatted(below.number()),
              false);
      case CLOSED -> {
        String why = "#%d below it was closed".formatted(below.number());
        var next = store.read(sql -> firstOpen(sql, below));
        yield next == null
            ? new Place(mainline.tip(), null, "main", why, true)
            : new Place(next.head(), next.number(), "#" + next.number(), why, true);
      }
      default ->
          new Place(
              below.head(),
              below.number(),
              "#" + below.number(),
              "#%d below it has another commit".formatted(below.number()),
              false);
    };
  }

  /** What one that was closed stood on; null for main. */
  private static @Nullable Below firstOpen(Sql sql, Below closed) throws SQLException {
    var next = StackLedger.below(sql, closed.number());
    while (next.isPresent() && next.get().state() == ChangeState.CLOSED) {
      next = StackLedger.below(sql, next.get().number());
    }
    return next.filter(b -> !b.over()).orElse(null);
  }

  private boolean moved(ChangeLedger.Row change, Below below, Place place, String head) {
    var differing = mainline.differing(place.onto(), head);
    boolean written =
        store.write(
            ids.get(),
            tx -> {
              if (!isSame(tx, change, below)) {
                return false;
              }
              StackLedger.put(tx, change.number(), place.parent());
              ChangeLedger.restacked(
                  tx,
                  change,
                  place.onto(),
                  head,
                  differing.stat(),
                  differing.facts().map(redact),
                  config.get());
              String text = "stands on %s now: %s".formatted(place.name(), place.why());
              if (place.asks() || change.state() == ChangeState.CONFLICTED) {
                asks(tx, change, text);
              }
              told(tx, change, text);
              return true;
            });
    if (written) {
      mainline.moveBranch(change.branch(), change.head(), head);
    }
    return written;
  }

  /** A person looks at it again: it was approved with what is no longer below it. */
  private static void asks(Tx tx, ChangeLedger.Row change, String text) throws SQLException {
    tx.sql()
        .update(
            "UPDATE change SET review = ?, due_at = NULL WHERE number = ?",
            ReviewState.WANTED,
            change.number());
    if (change.state() == ChangeState.QUEUED) {
      ChangeLedger.step(
          tx, change.id(), ChangeStateMachine.Step.HOLD, null, ChangeEvent.HELD, say(change, text));
    } else if (change.state() == ChangeState.CONFLICTED) {
      ChangeLedger.step(
          tx,
          change.id(),
          ChangeStateMachine.Step.VERIFY,
          null,
          ChangeEvent.OPENED,
          say(change, text));
    }
  }

  private static void told(Tx tx, ChangeLedger.Row change, String text) throws SQLException {
    ChangeLedger.tell(tx, change.id(), ChangeEvent.STACKED, say(change, text));
    ChangeLedger.stacked(tx, StackLedger.members(tx.sql(), change.number()), change.number());
  }

  private static String say(ChangeLedger.Row change, String text) {
    return "#%d %s".formatted(change.number(), text);
  }

  /** Whether nothing of both has changed while the commits were made. */
  private static boolean isSame(Tx tx, ChangeLedger.Row change, Below below) throws SQLException {
    var now = ChangeLedger.get(tx.sql(), change.id());
    return now.head().equals(change.head())
        && now.state() == change.state()
        && TaskLedger.get(tx.sql(), change.task()).state() == TaskState.DONE
        && StackLedger.below(tx.sql(), change.number()).filter(below::equals).isPresent();
  }

  /** Back to its agent, on top of what is below it; after some rounds a person decides. */
  private boolean conflicted(
      ChangeLedger.Row change, Below below, Place place, MergeResult.Conflict conflict) {
    var files = conflict.files().stream().map(MergeResult.ConflictFile::path).toList();
    String why =
        redact.apply("conflicts with %s in %s".formatted(place.name(), Plural.some(files, NAMED)));
    var text =
        new StringBuilder(
            "Your work (commit %s, `git show %s`) stood on a change that has moved: %s. You start"
                    .formatted(change.head(), change.head(), place.why())
                + " from what is below it now: bring your change in on top of it.\n");
    for (var file : conflict.files()) {
      text.append(
          "\n### %s\nBelow:\n%s\nYours:\n%s\n".formatted(file.path(), file.ours(), file.theirs()));
    }
    return store.write(
        ids.get(),
        tx -> {
          if (change.state() == ChangeState.CONFLICTED || !isSame(tx, change, below)) {
            return false;
          }
          StackLedger.put(tx, change.number(), place.parent());
          MergeRecorder.conflicted(
              tx,
              reworkHandler,
              change,
              why,
              redact.apply(text.toString()),
              place.parent() == null ? null : place.onto());
          return true;
        });
  }
}
