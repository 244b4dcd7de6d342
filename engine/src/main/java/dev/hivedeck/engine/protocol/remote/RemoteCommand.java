package dev.hivedeck.engine.protocol.remote;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Command;

/** What a person does with the remote that main follows. */
public sealed interface RemoteCommand extends Command {

  /**
   * Fetches the branch that main follows, with git's own credentials. Answer: {@link
   * RemoteViews.Fetched}. Refused with {@code no-remote}, {@code remote-offline}, {@code
   * remote-denied}; with {@code main-apart} where main has commits of its own and is to follow.
   *
   * @param forward whether main is brought up to it, where main has nothing of its own
   */
  @JsonTypeName("workspace.fetch")
  record Fetch(boolean forward) implements RemoteCommand {}

  /**
   * Pushes main to the branch that it follows, forward only. Answer: {@link RemoteViews.Pushed}.
   * Refused as {@link Fetch} is, and with {@code remote-rejected}.
   */
  @JsonTypeName("workspace.push")
  record Push() implements RemoteCommand {}
}
