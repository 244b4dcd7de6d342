package dev.hivedeck.app.cli.chaos;

import dev.hivedeck.app.cli.chaos.ChaosPlan.Fault;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What Hivedeck runs, and how it is. */
interface Subjects {

  /**
   * One that something can be done to.
   *
   * @param name for people: {@code orders-1}, or the attempt {@code T-4.1}
   * @param of what it is a part of: the service, or the task
   * @param pid of what runs
   */
  record Target(String name, String of, long pid) {}

  /**
   * How it is.
   *
   * @param noticed by what somebody noticed that something is wrong; null for nobody
   * @param well whether it does its work
   * @param why in words; empty where that needs none
   */
  record Sight(@Nullable String noticed, boolean well, String why) {}

  /** What a fault is done to: it runs, and is well; empty where nothing does. */
  Optional<Target> find(Fault fault);

  /** How it is now. */
  Sight look(Fault fault, Target target);

  /** Does it. What comes back undoes it, also where it is over by itself. */
  Undo harm(Fault fault, Target target);

  /** Undoes something; again and again, if need be. */
  interface Undo extends AutoCloseable {
    @Override
    void close();
  }
}
