package dev.hivedeck.engine.protocol;

import java.util.Set;

/**
 * A refusal or failure that a person can act on: a stable {@code code} to search for, what happened
 * and why as the message, and the next step as the {@code hint}.
 */
public final class HiveException extends RuntimeException {
  /** What the surroundings refuse: the disk, rights, git, a repository without its main. */
  private static final Set<String> OUTAGES =
      Set.of(
          "disk-full",
          "disk-failed",
          "filter-failed",
          "store-failed",
          "home-unwritable",
          "repository-unwritable",
          "repository-gone",
          "repository-locked",
          "git-killed",
          "git-missing",
          "git-slow",
          "git-unstarted",
          "no-main",
          "main-moved",
          "main-rebased");

  private final Fault fault;

  public HiveException(String code, String message, String hint) {
    this(new Fault(code, message, hint));
  }

  public HiveException(Fault fault) {
    super(fault.message());
    this.fault = fault;
  }

  public HiveException(String code, String message, String hint, Throwable cause) {
    super(message, cause);
    this.fault = new Fault(code, message, hint);
  }

  public String code() {
    return fault.code();
  }

  public String hint() {
    return fault.hint();
  }

  /**
   * Whether it tells of the surroundings rather than of what was asked: it may pass, and the same
   * may then be done again.
   */
  public boolean outage() {
    return OUTAGES.contains(code());
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
  public record Fault(String code, String message, String hint) {}
}
