package dev.hivedeck.engine.git;

import java.util.Map;

/**
 * Who wrote a commit, and when.
 *
 * @param at as git has it raw: seconds and an offset
 */
public record CommitAuthor(String name, String address, String at) {

  public static CommitAuthor of(Git git, String commit) {
    String[] command = {
      "log", "-1", "--no-show-signature", "--date=raw", "--format=%an%x00%ae%x00%ad", commit
    };
    var fields = git.must(command).strip().split("\0", -1);
    return new CommitAuthor(fields[0], fields[1], fields[2]);
  }

  /** What git's environment says where a commit is to be by them; it refuses an empty name. */
  public Map<String, String> environment() {
    return Map.of(
        "GIT_AUTHOR_NAME",
        name.isBlank() ? "unknown" : name,
        "GIT_AUTHOR_EMAIL",
        address,
        "GIT_AUTHOR_DATE",
        "@" + at);
  }

  /** As trailers name them. */
  public String signature() {
    return "%s <%s>".formatted(name, address);
  }
}
