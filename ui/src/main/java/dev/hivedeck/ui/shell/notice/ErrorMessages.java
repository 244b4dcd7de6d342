package dev.hivedeck.ui.shell.notice;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.HiveException.Fault;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** What is told of an answer that failed. */
public final class ErrorMessages {
  private ErrorMessages() {}

  /** What the engine said, else that something is wrong in this program. */
  public static Fault of(Throwable failure) {
    return of(failure, cause -> Fault.of(ErrorCode.DESKTOP, String.valueOf(cause), null));
  }

  /**
   * @param other what is told where the engine said nothing
   */
  public static Fault of(Throwable failure, Function<Throwable, Fault> other) {
    var cause = failure instanceof CompletionException c ? c.getCause() : failure;
    return cause instanceof HiveException e ? e.fault() : other.apply(cause);
  }
}
