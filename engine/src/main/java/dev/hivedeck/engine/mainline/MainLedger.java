package dev.hivedeck.engine.mainline;

import dev.hivedeck.engine.protocol.HiveException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** What is written down of where main is, so that a move by somebody else's hand is noticed. */
public interface MainLedger {

  /**
   * The commit of main to build on.
   *
   * @throws HiveException {@code main-moved} while a person has not said what is to become of a
   *     move that an agent may have made; {@code no-main}
   */
  String tip();

  /**
   * Tips that main had and has no more, the latest last: somebody took what leads to them off it,
   * and no merge may bring that back unasked.
   */
  List<String> takenOff();

  /** Why nothing may be merged before a person has said so; empty when nothing is in the way. */
  Optional<HiveException> awaits();

  /**
   * Lets main be moved by Hivedeck, with all that goes with it.
   *
   * @param move moves it from the one commit to the other; false when it is elsewhere by now
   * @return what {@code move} returned
   */
  boolean move(String from, String to, BooleanSupplier move);
}
