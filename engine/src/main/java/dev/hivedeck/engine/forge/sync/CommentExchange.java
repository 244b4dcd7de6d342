package dev.hivedeck.engine.forge.sync;

import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.forge.Forge;
import dev.hivedeck.engine.forge.ForgeException;
import dev.hivedeck.engine.forge.RemoteNote;
import dev.hivedeck.engine.forge.RemotePull;
import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.event.ChangeEvent;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings comments from each side to the other, each once. What goes out carries a mark, by which it
 * is known again where Hivedeck was ended before it could write that down.
 */
final class CommentExchange {
  private static final Logger LOG = LoggerFactory.getLogger(CommentExchange.class);
  private static final String ON_GITHUB = " (GitHub)";

  /** How GitHub says that a thread is not for this account to settle. */
  private static final Set<ForgeException.Kind> MAY_NOT =
      Set.of(ForgeException.Kind.REJECTED, ForgeException.Kind.MISSING, ForgeException.Kind.DENIED);

  private final Store store;
  private final CommentMark marks;
  private final Supplier<String> ids;
  private final UnaryOperator<String> masked;

  /** Threads that GitHub did not let be settled; not asked for again before a restart. */
  private final Set<String> refused = ConcurrentHashMap.newKeySet();

  /**
   * @param masked takes secrets out of what goes out
   */
  CommentExchange(
      Store store, CommentMark marks, Supplier<String> ids, UnaryOperator<String> masked) {
    this.store = store;
    this.marks = marks;
    this.ids = ids;
    this.masked = masked;
  }

  void exchange(Forge forge, long change, RemotePull remote) {
    for (var note : remote.notes()) {
      if (!store.read(sql -> isAsThere(sql, note))) {
        take(change, note);
      }
    }
    var fresh = new HashSet<Long>();
    for (var unsaid : store.read(sql -> ForgeLedger.unsaid(sql, change))) {
      if (unsaid.parent() != null && fresh.contains(unsaid.parent())) {
        continue; // its thread is known at the next look
      }
      String id = say(forge, remote, unsaid);
      fresh.add(unsaid.id());
      store.update(ids.get(), tx -> ForgeLedger.said(tx, change, id, unsaid.id()));
    }
    for (var note : remote.notes()) {
      settle(forge, note);
    }
  }

  /** Has a thread there be settled, or open again, as a person said here. */
  private void settle(Forge forge, RemoteNote note) {
    String thread = note.thread();
    if (thread == null || note.answers() != null || refused.contains(thread)) {
      return; // a thread is settled by its first note
    }
    var known = store.read(sql -> ForgeLedger.known(sql, note.id()));
    if (known.filter(k -> k.differs(note)).isEmpty()) {
      return;
    }
    boolean done = known.get().settled();
    try {
      forge.resolve(thread, done);
      store.update(ids.get(), tx -> ForgeLedger.settled(tx, note.id(), done));
    } catch (ForgeException e) {
      if (!MAY_NOT.contains(e.kind())) {
        throw e;
      }
      refused.add(thread); // it stays as it is there
      LOG.info("a thread stays as it is on GitHub: {}", e.getMessage());
    }
  }

  /** The thread that a comment belongs into; null for none. */
  private static @Nullable String thread(RemotePull remote, ForgeLedger.Unsaid unsaid) {
    return remote.notes().stream()
        .filter(note -> note.id().equals(unsaid.answers()))
        .map(RemoteNote::thread)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private static boolean isAsThere(Sql sql, RemoteNote note) throws SQLException {
    var known = ForgeLedger.known(sql, note.id());
    return known.isPresent() && known.get().isAs(note, ForgeLedger.thread(sql, note.answers()));
  }

  private void take(long change, RemoteNote note) {
    // The mark of this workspace may have to be written down first.
    var ours = note.own() ? marks.comment(note.text()) : Optional.<Long>empty();
    store.update(
        ids.get(),
        tx -> {
          if (ForgeLedger.known(tx.sql(), note.id()).isEmpty()) {
            ForgeLedger.said(
                tx, change, note.id(), ours.isPresent() ? ours.get() : commented(tx, change, note));
          }
          ForgeLedger.follow(tx, note);
          ChangeLedger.tell(tx, "C-" + change, ChangeEvent.COMMENTED, null);
        });
  }

  private static long commented(Tx tx, long change, RemoteNote note) throws SQLException {
    return ChangeLedger.commented(
        tx,
        "C-" + change,
        note.author() + ON_GITHUB,
        new LineComment(note.file(), note.line(), note.text().strip()),
        ForgeLedger.thread(tx.sql(), note.answers()));
  }

  private String say(Forge forge, RemotePull remote, ForgeLedger.Unsaid unsaid) {
    String text =
        masked.apply("**" + unsaid.author() + "** in Hivedeck:\n\n" + unsaid.text() + "\n\n")
            + marks.of("comment", unsaid.id());
    String thread = thread(remote, unsaid);
    if (thread != null) {
      try {
        return forge.reply(thread, text);
      } catch (ForgeException e) {
        if (e.kind() != ForgeException.Kind.REJECTED && e.kind() != ForgeException.Kind.MISSING) {
          throw e;
        }
        LOG.debug("that thread takes no answer: {}", e.getMessage());
      }
    }
    String file = unsaid.file();
    if (file != null && unsaid.answers() == null && unsaid.isOf(remote.head())) {
      try {
        return forge.comment(remote.number(), remote.head(), file, unsaid.line(), text);
      } catch (ForgeException e) {
        if (e.kind() != ForgeException.Kind.REJECTED) {
          throw e;
        }
        LOG.debug("that line is not in the diff there: {}", e.getMessage());
      }
    }
    String place =
        unsaid.file() == null
            ? ""
            : "`" + unsaid.file() + (unsaid.line() > 0 ? ":" + unsaid.line() : "") + "` ";
    return forge.comment(remote.number(), place + text);
  }
}
