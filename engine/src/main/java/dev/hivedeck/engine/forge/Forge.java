package dev.hivedeck.engine.forge;

import dev.hivedeck.engine.config.forge.GitHubConfig;
import dev.hivedeck.engine.protocol.merge.MergeMethod;
import java.util.List;
import java.util.Optional;

/**
 * Where pull requests are. All of it throws {@link ForgeException} with what happened, why, what to
 * do, and when it may be tried again.
 */
public interface Forge {

  /** Whose token it is and whether that may push. */
  RemoteAccount account();

  /** The newest pull request of a branch, open or not, without its checks and comments. */
  Optional<RemotePull> find(String branch);

  /** Opens one, and answers with it as {@link #find} does. */
  RemotePull open(PullDraft draft);

  /** All that is known of one. */
  RemotePull read(int number);

  /** Gives it another title and another body. */
  void edit(int number, String title, String body);

  /** Makes it one for another branch. */
  void retarget(int number, String base);

  /** Closes it without a merge. */
  void close(int number);

  /** Adds labels, which are made where there are none. */
  void label(int number, List<String> labels);

  /** Asks for reviews; names with a slash are teams. */
  void review(int number, List<String> reviewers);

  /**
   * Says something on a pull request or an issue.
   *
   * @return the node id of the comment
   */
  String comment(int number, String text);

  /**
   * Says something on a line of the new side.
   *
   * @return the node id of the comment
   */
  String comment(int number, String head, String file, int line, String text);

  /**
   * Answers in a thread.
   *
   * @param thread its id
   * @return the node id of the comment
   */
  String reply(String thread, String text);

  /** Settles a thread, or opens it again. */
  void resolve(String thread, boolean done);

  /**
   * Whether an account said something on a pull request or an issue that has this mark in it.
   *
   * @param login of the account; empty for any, where nobody knows whose token it is
   */
  boolean hasComment(int number, String mark, String login);

  /** Its own stacks. */
  ForgeStacks stacks();

  /**
   * Merges a pull request, if it is at this commit still. One in a stack brings those below it
   * along.
   *
   * @return the commit that brought it to its base; empty while the forge is at it
   */
  Optional<String> merge(int number, String head, MergeMethod method);

  /** Open issues that are asked for, with their labels. */
  List<RemoteIssue> issues(GitHubConfig.Issues wanted);

  /** Closes an issue as done. */
  void closeIssue(int number);

  /** What the last answer said of the rate limit; empty before the first. */
  Optional<RateLimit> limit();
}
