package dev.hivedeck.engine.area;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Sender;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;

/** Hears what became of commands. */
public interface CommandObserver {

  /**
   * A command that came in.
   *
   * @param command {@link Command#withoutSecrets}
   * @param word of the command
   */
  record Sent(Command command, String word, Sender sender) {}

  /**
   * It was carried out; in its own transaction, or right after where it is done beside the ledger.
   */
  void carriedOut(Tx tx, Sent sent) throws SQLException;

  /** It was refused; in a transaction of its own. */
  void refused(Tx tx, Sent sent, HiveException why) throws SQLException;
}
