package dev.hivedeck.engine.protocol.remote;

/** What became of the remote that main follows. */
public final class RemoteViews {
  private RemoteViews() {}

  /**
   * What was fetched.
   *
   * @param upstream for example {@code origin/main}
   * @param forwarded how many commits main was brought up by; 0 when it stays
   * @param ahead commits of main that it does not have
   * @param behind commits of it that main does not have
   */
  public record Fetched(String upstream, int forwarded, int ahead, int behind) {}

  /**
   * What was pushed.
   *
   * @param upstream for example {@code origin/main}
   * @param commit full id of the commit that it is at now
   * @param commits how many it did not have; 0 when nothing was pushed
   */
  public record Pushed(String upstream, String commit, int commits) {}
}
