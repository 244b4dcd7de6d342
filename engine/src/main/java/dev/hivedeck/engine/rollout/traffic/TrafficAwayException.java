package dev.hivedeck.engine.rollout.traffic;

/**
 * Whoever carries the traffic of a service does not do what it is told. It is said once by whoever
 * throws it, and told again until it does.
 */
public final class TrafficAwayException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public TrafficAwayException(String message) {
    super(message);
  }
}
