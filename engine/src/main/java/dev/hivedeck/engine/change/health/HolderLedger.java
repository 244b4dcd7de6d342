package dev.hivedeck.engine.change.health;

import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.Holder;
import dev.hivedeck.engine.protocol.view.ChangeViews.ReviewState;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;

/** The ledger of whose turn it was with each change, stretch by stretch. */
public final class HolderLedger {
  private HolderLedger() {}

  private record Stretch(long id, Holder holder, ReviewState review) {}

  /** Writes down whose turn it is now, where that is another one than before. */
  public static void note(Tx tx, ChangeViews.Change change) throws SQLException {
    var verdict = change.verdict();
    var holder = verdict == null ? Holder.NOBODY : verdict.holder();
    var open =
        tx.sql()
            .one(
                "SELECT id, holder, review FROM change_holder WHERE change = ? AND ended_at IS"
                    + " NULL",
                row ->
                    new Stretch(
                        row.number("id"),
                        row.word("holder", Holder.class),
                        row.word("review", ReviewState.class)),
                change.number());
    if (open.isPresent()
        && open.get().holder() == holder
        && open.get().review() == change.review()) {
      return;
    }
    if (open.isPresent()) {
      tx.sql()
          .update("UPDATE change_holder SET ended_at = ? WHERE id = ?", tx.now(), open.get().id());
    }
    if (holder != Holder.NOBODY) {
      tx.sql()
          .update(
              "INSERT INTO change_holder(change, holder, review, began_at) VALUES (?, ?, ?, ?)",
              change.number(),
              holder,
              change.review(),
              tx.now());
    }
  }
}
