package dev.hivedeck.engine.slo.alert;

import dev.hivedeck.engine.metric.promql.Expr;
import dev.hivedeck.engine.metric.promql.Parser;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.event.AlertEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Duration;

/** Begins and ends silences as a person says, each with an event. */
public final class SilenceLedger {
  private static final Duration LONGEST = Duration.ofDays(30);

  private SilenceLedger() {}

  /**
   * Tells nobody of some alerts for a while.
   *
   * @throws HiveException {@code silence-length}, {@code silence-invalid} or {@code promql-invalid}
   */
  public static Silence begin(Tx tx, Command.Silence command) throws SQLException {
    if (command.seconds() < 1 || command.seconds() > LONGEST.toSeconds()) {
      throw new HiveException(
          ErrorCode.SILENCE_LENGTH,
          "A silence lasts between a second and " + LONGEST.toDays() + " days.",
          "Mend the objective instead, or take it out of hive.yaml.");
    }
    if (!(Parser.parse("{" + command.matchers() + "}") instanceof Expr.Selector selector)) {
      throw new HiveException(
          ErrorCode.SILENCE_INVALID,
          "\"" + command.matchers() + "\" are no conditions on labels.",
          "Write them as in objective=\"api\", severity=\"ticket\"");
    }
    var silence =
        new Silence(
            0,
            selector.matchers(),
            tx.now(),
            tx.now().plusSeconds(command.seconds()),
            View.YOU,
            command.comment() == null ? "" : command.comment());
    long id = AlertStore.silence(tx.sql(), silence);
    tell(tx, AlertEvent.SILENCED, "alerts with " + command.matchers() + " are silenced");
    return new Silence(
        id,
        silence.matchers(),
        silence.starts(),
        silence.ends(),
        silence.author(),
        silence.comment());
  }

  /**
   * Ends a silence now.
   *
   * @throws HiveException {@code no-silence}
   */
  public static void end(Tx tx, long id) throws SQLException {
    if (!AlertStore.expire(tx.sql(), id, tx.now())) {
      throw new HiveException(
          ErrorCode.NO_SILENCE, "There is no silence " + id + ".", "hivedeck silence lists them.");
    }
    tell(tx, AlertEvent.UNSILENCED, "silence " + id + " ends");
  }

  private static void tell(Tx tx, AlertEvent type, String text) throws SQLException {
    tx.emit(type, WorkspaceViews.Workspace.ID, text, null);
  }
}
