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
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings comments from each side to the other, each once. What goes out carries a mark, by which it
 * is known again where Hivedeck was ended before it could write that down.
 */
final class CommentExchange {
  private static final Logger LOG = LoggerFactory.getLogger(CommentExchange.class);
  private static final String ON_GITHUB = " (GitHub)";

  private final Store store;
  private final CommentMark marks;
  private final Supplier<String> ids;
  private final UnaryOperator<String> masked;

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
    for (var unsaid : store.read(sql -> ForgeLedger.unsaid(sql, change))) {
      String id = say(forge, remote, unsaid);
      store.update(ids.get(), tx -> ForgeLedger.said(tx, change, id, unsaid.id()));
    }
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
    String file = unsaid.file();
    if (file != null && unsaid.isOf(remote.head())) {
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
