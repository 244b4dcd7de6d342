package dev.hivedeck.engine.protocol.failure;

import static dev.hivedeck.engine.protocol.failure.FailureReason.Trait.COUNTS;
import static dev.hivedeck.engine.protocol.failure.FailureReason.Trait.CUT_OFF;
import static dev.hivedeck.engine.protocol.failure.FailureReason.Trait.OUTAGE;
import static dev.hivedeck.engine.protocol.failure.FailureReason.Trait.STALE;
import static dev.hivedeck.engine.protocol.failure.FailureReason.Trait.STUCK;

import java.util.Set;

/** The ways in which an attempt fails, told apart by what each implies. */
public enum FailureReason implements EndReason {
  /** A gate refused the work. */
  GATE("gate", Retry.USUAL, "", COUNTS),
  /** It gave up, for whatever reason. */
  EXIT("exit", Retry.USUAL, "", COUNTS),
  /** It was ended by a signal. */
  CRASH("crash", Retry.USUAL, "", CUT_OFF, COUNTS),
  /** It was not finished in time. */
  TIMEOUT("timeout", Retry.USUAL, "", CUT_OFF, COUNTS, STUCK),
  /** It neither said nor did anything. */
  QUIET("quiet", Retry.USUAL, "", CUT_OFF, COUNTS, STUCK),
  /** It took turn after turn, or token after token, without end. */
  RUNAWAY("runaway", Retry.USUAL, "", COUNTS, STALE, STUCK),
  /** It printed without end. */
  FLOOD("flood", Retry.USUAL, "", CUT_OFF, COUNTS),
  /** Its processes took more than they may. */
  OVER_LIMIT("over-limit", Retry.USUAL, "", CUT_OFF, COUNTS),
  /** The conversation became longer than its model can take. */
  CONTEXT("context", Retry.USUAL, "", CUT_OFF, COUNTS, STALE),
  /** It ended as if finished, but changed nothing. */
  NOTHING_CHANGED("nothing-changed", Retry.USUAL, "", COUNTS),
  /** The conversation that it was to take up again is not there. */
  NO_SESSION("no-session", Retry.USUAL, "", STALE),
  /** It was not allowed to do its work. */
  REFUSED("refused", Retry.ANOTHER_AGENT, "Let it do what it needs to", COUNTS),
  /** It has spent what it may. */
  BUDGET("budget", Retry.BUDGET, "Raise the budget", CUT_OFF, COUNTS),
  /** Its program is not installed, or cannot be run. */
  NOT_FOUND("not-found", Retry.ANOTHER_PROVIDER, "Install its program", OUTAGE),
  /** It is not signed in, or its key is not taken. */
  SIGN_IN("sign-in", Retry.ANOTHER_PROVIDER, "Sign it in", OUTAGE),
  /** Its account, or the rate of its requests, is used up until some time. */
  QUOTA("quota", Retry.QUOTA, "", CUT_OFF, OUTAGE),
  /** Who answers it has too much to do, or is broken. */
  OVERLOAD("overload", Retry.OVERLOAD, "", CUT_OFF, OUTAGE),
  /** Who answers it cannot be reached. */
  UNREACHABLE("unreachable", Retry.OVERLOAD, "", CUT_OFF, OUTAGE),
  /** What was to confine it could not be made. */
  NO_SANDBOX("no-sandbox", Retry.PERSON, "Give it its sandbox, or take sandbox: out"),
  /** Its folder could not be made ready. */
  SETUP_FAILED("setup-failed", Retry.USUAL, ""),
  /** The person who had it gave it back unfinished. */
  GIVEN_UP("given-up", Retry.USUAL, ""),
  /** Hivedeck itself failed. */
  ENGINE("engine", Retry.USUAL, "");

  enum Trait {
    CUT_OFF,
    COUNTS,
    OUTAGE,
    STALE,
    STUCK
  }

  private final String word;
  private final Retry retry;
  private final String remedy;
  private final Set<Trait> traits;

  FailureReason(String word, Retry retry, String remedy, Trait... traits) {
    this.word = word;
    this.retry = retry;
    this.remedy = remedy;
    this.traits = Set.of(traits);
  }

  @Override
  public String word() {
    return word;
  }

  @Override
  public boolean cutOff() {
    return traits.contains(CUT_OFF);
  }

  @Override
  public boolean countsAgainstAgent() {
    return traits.contains(COUNTS);
  }

  @Override
  public boolean outage() {
    return traits.contains(OUTAGE);
  }

  @Override
  public boolean staleConversation() {
    return traits.contains(STALE);
  }

  @Override
  public boolean stuck() {
    return traits.contains(STUCK);
  }

  @Override
  public Retry retry() {
    return retry;
  }

  @Override
  public String remedy() {
    return remedy;
  }
}
