package dev.hivedeck.engine.protocol;

import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.util.Optional;

/**
 * A refusal or failure that a person can act on: a stable {@link ErrorCode} to search for, what
 * happened and why as the message, and the next step as the {@code hint}.
 */
public final class HiveException extends RuntimeException {
  private final Fault fault;

  public HiveException(ErrorCode code, String message, String hint) {
    this(Fault.of(code, message, hint));
  }

  /** What another process answered, perhaps of another version. */
  public HiveException(Fault fault) {
    super(fault.message());
    this.fault = fault;
  }

  public HiveException(ErrorCode code, String message, String hint, Throwable cause) {
    super(message, cause);
    this.fault = Fault.of(code, message, hint);
  }

  /** The word of its code, also of one that only another version has. */
  public String code() {
    return fault.code();
  }

  public boolean is(ErrorCode code) {
    return fault.is(code);
  }

  /** What it says about what was asked; empty where only another version knows its code. */
  public Optional<ErrorCode.Kind> kind() {
    return ErrorCode.of(code()).map(ErrorCode::kind);
  }

  public String hint() {
    return fault.hint();
  }

  /**
   * Whether it tells of the surroundings rather than of what was asked: it may pass, and the same
   * may then be done again.
   */
  public boolean outage() {
    return kind().filter(ErrorCode.Kind.OUTAGE::equals).isPresent();
  }

  public Fault fault() {
    return fault;
  }

  /**
   * The error as the feed and {@code --json} carry it.
   *
   * @param code stable, kebab-case, for example {@code plan-cycle}
   * @param message what happened and why, with the place
   * @param hint what to do next
   */
  public record Fault(String code, String message, String hint) {

    public static Fault of(ErrorCode code, String message, String hint) {
      return new Fault(code.word(), message, hint);
    }

    public boolean is(ErrorCode other) {
      return code.equals(other.word());
    }
  }
}
