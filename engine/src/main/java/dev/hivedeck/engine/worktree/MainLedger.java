package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.protocol.HiveException;
import java.util.Optional;

/** What is written down of where main is, so that a move by somebody else's hand is noticed. */
public interface MainLedger {

  /**
   * The commit of main to build on.
   *
   * @throws HiveException {@code main-moved} while a person has not said what is to become of a
   *     move that an agent may have made; {@code no-main}
   */
  String tip();

  /** Why nothing may be merged before a person has said so; empty when nothing is in the way. */
  Optional<HiveException> awaits();

  /** Main is about to be moved to this commit, by Hivedeck. */
  void moving(String commit);

  /** It was. */
  void moved(String commit);
}
