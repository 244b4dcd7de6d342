package dev.hivedeck.ui.control.diff;

import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.view.ChangeViews.Comment;

/** What a person's words about a line become. */
public interface Reviewer {
  /** Of a diff that nothing is said about: its lines are not there yet. */
  Reviewer NONE =
      new Reviewer() {
        @Override
        public boolean welcome() {
          return false;
        }

        @Override
        public void keep(LineComment draft) {}

        @Override
        public void drop(LineComment draft) {}

        @Override
        public void send(LineComment draft) {}
      };

  /** Whether words can be sent now. */
  boolean welcome();

  /** Hears each letter of what is being written; null when it is no more. */
  default void writing(LineComment draft) {}

  void keep(LineComment draft);

  void drop(LineComment draft);

  /** Sends this, with all that is kept. */
  void send(LineComment draft);

  /** How many are kept, whatever files they are on. */
  default int kept() {
    return 0;
  }

  /** Whether comments that were made can be resolved. */
  default boolean resolves() {
    return false;
  }

  /** Says that what a comment asked for is done, or that it is not. */
  default void resolve(Comment said, boolean done) {}

  /** Sends the change back with this, which an agent advised. */
  default void takeUp(Comment advice) {}

  /** Whether a file can be opened in the person's editor. */
  default boolean opens() {
    return false;
  }

  /** Opens that file in the person's editor. */
  default void open(String path) {}
}
