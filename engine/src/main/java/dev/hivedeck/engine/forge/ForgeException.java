package dev.hivedeck.engine.forge;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** That the forge did not do what it was asked, and whether it is worth asking again. */
public final class ForgeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What can become of trying again. */
  public enum Kind {
    /** Nobody answers, or only half, or the server fails: it is tried again soon. */
    OUTAGE,
    /** Too many requests: it is tried again when the limit begins anew. */
    LIMITED,
    /** The token opens nothing: a person has to look. */
    UNAUTHORIZED,
    /** The token does not open this: a person has to look. */
    DENIED,
    /** There is no such thing, as far as the token sees. */
    MISSING,
    /** What was asked is not accepted as it is. */
    REJECTED
  }

  private final Kind kind;
  private final transient HiveException fault;
  private final transient @Nullable Instant retryAt;

  /**
   * @param retryAt when it may be asked again at the earliest; null where nothing was said
   */
  public ForgeException(
      Kind kind, ErrorCode code, String message, String hint, @Nullable Instant retryAt) {
    super(message);
    this.kind = kind;
    this.fault = new HiveException(code, message, hint);
    this.retryAt = retryAt;
  }

  /** What happened, and why. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  public Kind kind() {
    return kind;
  }

  /** As people and programs are told of it. */
  public HiveException fault() {
    return fault;
  }

  /** Whether nothing else is worth asking for now either. */
  public boolean stopsAll() {
    return kind == Kind.OUTAGE || kind == Kind.LIMITED || kind == Kind.UNAUTHORIZED;
  }

  public Optional<Instant> retryAt() {
    return Optional.ofNullable(retryAt);
  }

  /**
   * When it is tried again.
   *
   * @param failures one after another until now, at least one
   */
  public Instant again(Instant now, int failures) {
    Duration pause =
        switch (kind) {
          case OUTAGE ->
              Duration.ofSeconds(Math.min(900L, 15L << Math.clamp(failures - 1L, 0, 10)));
          case LIMITED -> Duration.ofSeconds(60);
          case UNAUTHORIZED, DENIED, MISSING, REJECTED -> Duration.ofMinutes(15);
        };
    Instant soonest = now.plus(pause);
    return retryAt != null && retryAt.isAfter(soonest) ? retryAt : soonest;
  }
}
