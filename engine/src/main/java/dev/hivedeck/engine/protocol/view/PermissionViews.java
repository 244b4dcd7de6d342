package dev.hivedeck.engine.protocol.view;

import java.time.Instant;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What agents may do unasked, as clients see it. */
public final class PermissionViews {

  private PermissionViews() {}

  /**
   * What an agent may do, or may not, without asking a person again.
   *
   * @param agent whom it concerns; null for all
   * @param tool in the agent's own word, or {@code *}
   * @param what a command or a path; {@code *} in it stands for anything, but in a rule that allows
   *     not for what could make another command of it (one of {@code ; & | < > ` $} or a line's
   *     end), unless it is all there is
   * @param literal whether tool and what are meant letter by letter: a {@code *} is then a {@code
   *     *}
   * @param used how often it answered
   */
  public record PermissionRule(
      String id,
      @Nullable String agent,
      String tool,
      String what,
      boolean allow,
      boolean literal,
      Instant at,
      long used) {

    private static final String WITHIN_A_COMMAND = "[^;&|<>`$\\n]*";

    /** Whether it answers when that agent wants to use that tool so. */
    public boolean covers(String agent, String tool, String what) {
      return (this.agent == null || this.agent.equals(agent))
          && (!literal && this.tool.equals("*") || this.tool.equalsIgnoreCase(tool))
          && (literal ? this.what.equals(what) : pattern().matcher(what).matches());
    }

    private Pattern pattern() {
      String any = allow && !what.equals("*") ? WITHIN_A_COMMAND : ".*";
      return Pattern.compile(
          Arrays.stream(what.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(any)),
          Pattern.DOTALL);
    }
  }
}
