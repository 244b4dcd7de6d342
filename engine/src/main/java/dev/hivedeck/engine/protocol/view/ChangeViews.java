package dev.hivedeck.engine.protocol.view;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Changes, their risks and their comments, as clients see them. Long because a change is told as
 * one thing, whatever is known of it.
 */
public final class ChangeViews {

  private ChangeViews() {}

  /** What of a repository decides over others, so that a person approves each change of it. */
  public enum RiskKind implements Word {
    /** Hivedeck's own folder: agents, gates, who may merge. */
    POLICY,
    /** CODEOWNERS. */
    OWNERS,
    /** What continuous integration runs. */
    CI,
    /** What git's hooks run. */
    HOOKS,
    /** Attributes and submodules. */
    GIT,
    /** What agents and editors run by themselves. */
    TOOLS,
    /** What a gate runs. */
    GATE,
    /** Named under {@code protected} in hive.yaml. */
    PROTECTED,
    /** A gate passes only with files that are in no commit. */
    UNCOMMITTED;

    @JsonCreator
    public static RiskKind of(String word) {
      return Word.parse(RiskKind.class, word);
    }
  }

  /**
   * Why a person must approve a change, whatever its kind of work.
   *
   * @param path the file, or what is in no commit
   * @param gate the gate that it is about, or null
   */
  public record Risk(RiskKind kind, String path, @Nullable String gate) {
    /** The same with its path replaced. */
    public Risk map(UnaryOperator<String> text) {
      return new Risk(kind, text.apply(path), gate);
    }
  }

  public enum ChangeState implements Word {
    DRAFT,
    OPEN,
    QUEUED,
    MERGING,
    MERGED,
    CONFLICTED,
    BLOCKED,
    CLOSED;

    /** Whether nothing more becomes of it. */
    public boolean over() {
      return this == MERGED || this == CLOSED;
    }

    @JsonCreator
    public static ChangeState of(String word) {
      return Word.parse(ChangeState.class, word);
    }
  }

  /** What a person has to say, or has said. */
  public enum ReviewState implements Word {
    /** Nobody needs to approve it. */
    NONE,
    WANTED,
    APPROVED,
    RETURNED;

    @JsonCreator
    public static ReviewState of(String word) {
      return Word.parse(ReviewState.class, word);
    }
  }

  /** What a person or Hivedeck does next with a change. */
  public enum NextAction implements Word {
    /** A question of its task is open. */
    ANSWER,
    /** It is one of several alternatives, of which none is chosen yet. */
    CHOOSE,
    /** It waits for a review. */
    APPROVE,
    /** It is too large to be approved without a word why. */
    EXPLAIN,
    /** What blocks it is mended by its agent, or let be with a reason. */
    CLEAR,
    /** Its pull request needs a person. */
    LOOK,
    /** It did not get on by itself: it is merged again, tried again, or closed. */
    RETRY,
    WAIT,
    NONE;

    @JsonCreator
    public static NextAction of(String word) {
      return Word.parse(NextAction.class, word);
    }
  }

  /** Whose turn it is. */
  public enum Holder implements Word {
    YOU,
    AGENT,
    GATES,
    QUEUE,
    NOBODY;

    @JsonCreator
    public static Holder of(String word) {
      return Word.parse(Holder.class, word);
    }
  }

  /** What an obstacle is about. */
  public enum ObstacleKind implements Word {
    GATE,
    UNCHECKED,
    SIZE,
    CONFLICT,
    BEHIND,
    APPROVAL,
    RETURNED,
    QUESTION,
    TESTS,
    DEPENDENCIES,
    ATTEMPTS,
    /** A code owner has to approve it. */
    OWNERS,
    /** Comments on it are not resolved. */
    COMMENTS,
    /** It breaks a promise to others: an API, a schema, a protocol. */
    CONTRACT,
    /** It touches what a database goes through. */
    MIGRATION,
    /** Its agent did not say what it is and how it is taken back. */
    DESCRIPTION,
    /** Lines of it ran in no test. */
    COVERAGE,
    /** Files of it are large and change often. */
    HOT,
    /** A gate that judges it fails by chance. */
    FLAKY,
    COST,
    /** Its pull request needs a person. */
    PULL,
    /** It runs as the canary of a rollout, or did and was rolled back. */
    CANARY;

    @JsonCreator
    public static ObstacleKind of(String word) {
      return Word.parse(ObstacleKind.class, word);
    }
  }

  /**
   * What speaks against merging a change.
   *
   * @param blocks whether it keeps it from main; else it only warns
   * @param points that it costs of the change's health
   * @param remedy what helps
   * @param about the gate, the other change or {@code main}; null where it is about neither
   * @param code that a person clears it by, such as {@code size} or {@code conflict:C-4}
   * @param cleared by whom and why, so that it neither blocks nor costs; null where it stands
   */
  public record Obstacle(
      ObstacleKind kind,
      boolean blocks,
      int points,
      String text,
      String remedy,
      @Nullable String about,
      String code,
      @Nullable Cleared cleared) {
    public Obstacle {
      code = code == null ? code(kind, about) : code;
    }

    /** One that stands, by the usual code. */
    public Obstacle(
        ObstacleKind kind,
        boolean blocks,
        int points,
        String text,
        String remedy,
        @Nullable String about) {
      this(kind, blocks, points, text, remedy, about, code(kind, about), null);
    }

    /** Whether a person may let it be; else there is another way, which its remedy says. */
    public boolean clearable() {
      return switch (kind) {
        case GATE, CONFLICT -> !blocks;
        case RETURNED, APPROVAL, PULL -> false;
        default -> true;
      };
    }

    /** The usual code of one. */
    public static String code(ObstacleKind kind, @Nullable String about) {
      return about == null ? kind.word() : kind.word() + ":" + about;
    }
  }

  /** That a person lets something be, and why. */
  public record Cleared(String by, String reason, Instant at) {}

  /**
   * How it stands with a change, in one line.
   *
   * @param obstacles those that block and those that warn
   */
  public record Verdict(String text, NextAction action, Holder holder, List<Obstacle> obstacles) {
    public Verdict {
      obstacles = List.copyOf(obstacles);
    }

    public List<Obstacle> blockers() {
      return obstacles.stream().filter(Obstacle::blocks).toList();
    }

    public List<Obstacle> warnings() {
      return obstacles.stream().filter(o -> !o.blocks() && o.cleared() == null).toList();
    }

    /** Those that a person let be. */
    public List<Obstacle> cleared() {
      return obstacles.stream().filter(o -> o.cleared() != null).toList();
    }
  }

  /** A part of the description of a change. */
  public enum DescriptionSection implements Word {
    /** What is otherwise than before. */
    WHAT,
    /** Why it is done. */
    WHY,
    /** What may go wrong. */
    RISK,
    /** How it is taken back. */
    ROLLBACK,
    /** What to look at once it runs. */
    METRICS,
    /** How it was tested. */
    TESTS;

    @JsonCreator
    public static DescriptionSection of(String word) {
      return Word.parse(DescriptionSection.class, word);
    }
  }

  /**
   * A part of the description of a change.
   *
   * @param by who said it: its agent, or a person
   */
  public record Described(DescriptionSection section, String text, String by) {}

  /**
   * A change in a stack.
   *
   * @param below the id of the change that it stands on; null where it stands on main
   * @param members ids of all changes of the stack that are open, each after the one below it;
   *     empty where it is alone
   * @param of the id of the change that it is a part of; null where it is none
   * @param parts ids of the changes that it was split into; empty where it was not
   */
  public record StackPlace(
      @Nullable String below, List<String> members, @Nullable String of, List<String> parts) {
    public StackPlace {
      members = List.copyOf(members);
      parts = List.copyOf(parts);
    }

    /** Which of the stack it is, from 1 on; 0 where it is alone. */
    public int place(String id) {
      return members.indexOf(id) + 1;
    }
  }

  /**
   * A branch on its way to main.
   *
   * @param number as people say it: {@code #3}; {@code id} is {@code C-3}
   * @param attempt the attempt whose work it holds
   * @param base commit of main it started from, or of the change that it stands on
   * @param head tip of its branch
   * @param merge the merge commit on main, or null
   * @param review whether a person must approve it, and what came of that
   * @param reason why it is conflicted, blocked or closed, in words
   * @param risks why a person must approve it, whatever its kind; empty when nothing asks for that
   * @param dueAt when an advisory review proceeds by itself, or null
   * @param health 0 to 100, to sort by: 100 less the points of its obstacles, at most 40 while one
   *     of them blocks
   * @param lines to read: without generated, moved and blank ones
   * @param verdict what is next, and whose turn it is; null from an engine before it had one
   * @param stack the others that it stands with, or was split into; null where it is alone
   * @param description what its agent and people said of it, in the order of the sections
   * @param agentReviews looks of an agent at it before a person, one for each of its commits, the
   *     oldest first
   */
  public record Change(
      String id,
      int number,
      String task,
      String title,
      String agent,
      String attempt,
      ChangeState state,
      @Nullable String reason,
      String branch,
      String base,
      String head,
      @Nullable String merge,
      int files,
      int additions,
      int deletions,
      int commits,
      List<GateViews.GateResult> gates,
      List<Comment> comments,
      ReviewState review,
      Instant openedAt,
      Instant updatedAt,
      @Nullable Instant mergedAt,
      @Nullable Instant dueAt,
      List<Risk> risks,
      int health,
      List<String> healthReasons,
      long lines,
      @Nullable Verdict verdict,
      @Nullable StackPlace stack,
      List<Described> description,
      List<AgentReview> agentReviews)
      implements View {
    public Change {
      agentReviews = agentReviews == null ? List.of() : List.copyOf(agentReviews);
      description = description == null ? List.of() : List.copyOf(description);
    }
  }

  /** How a look of an agent at a change went. */
  public enum AgentReviewState implements Word {
    RUNNING,
    /** It is begun again: its provider did not answer, or the engine ended. */
    WAITING,
    DONE,
    /** It could not, or was cut off. */
    FAILED,
    /** A person was quicker, or the change has another commit. */
    OVERTAKEN;

    @JsonCreator
    public static AgentReviewState of(String word) {
      return Word.parse(AgentReviewState.class, word);
    }
  }

  /**
   * A look of an agent at a change before a person looks: advice, which holds nothing up.
   *
   * @param head the commit that it looked at
   * @param summary the last that it said of the whole; null where it said nothing
   * @param detail why it failed or was overtaken, or what was left out; null for nothing
   * @param comments how many it made
   * @param leftOut how many more it made that nobody would read
   * @param tokens that it used; null where it did not tell
   * @param cost in dollars; null where it is not known
   */
  public record AgentReview(
      String agent,
      String head,
      AgentReviewState state,
      @Nullable String summary,
      @Nullable String detail,
      int comments,
      int leftOut,
      @Nullable Long tokens,
      @Nullable Double cost,
      Instant startedAt,
      @Nullable Instant endedAt) {}

  /**
   * @param file null for a comment on the whole change
   * @param line of the new side, the last of them; 0 for the whole file
   * @param startLine the first of several lines; null where it is one
   * @param suggestion what these lines should be instead; null for none
   * @param id by which it is answered; 0 from an engine before it had one
   * @param replyTo the comment that it answers; null for none
   * @param resolvedBy who said that what it asked for is done; null while nobody has
   * @param outside whether it was said on the forge by somebody who may not write to the
   *     repository, and so asks for nothing
   * @param outdated whether the lines that it is about are gone from the latest commit; then these
   *     are their last numbers
   * @param advisory whether an agent said it that looked at the change before a person: it asks for
   *     nothing until a person sends the change back with it
   */
  public record Comment(
      String author,
      @Nullable String file,
      int line,
      String text,
      Instant at,
      @Nullable Integer startLine,
      @Nullable String suggestion,
      long id,
      @Nullable Long replyTo,
      @Nullable String resolvedBy,
      boolean outside,
      boolean outdated,
      boolean advisory) {
    public Comment(String author, @Nullable String file, int line, String text, Instant at) {
      this(author, file, line, text, at, null, null);
    }

    public Comment(
        String author,
        @Nullable String file,
        int line,
        String text,
        Instant at,
        @Nullable Integer startLine,
        @Nullable String suggestion) {
      this(author, file, line, text, at, startLine, suggestion, 0, null, null, false, false, false);
    }

    /** Whether it asks for something of a file, and nobody has said that this is done. */
    public boolean unresolved() {
      return file != null && replyTo == null && resolvedBy == null && !outside && !advisory;
    }

    /** Whether it is what an agent advises, that nobody has taken up or put aside. */
    public boolean advises() {
      return advisory && replyTo == null && resolvedBy == null;
    }

    /** The first line that it is about. */
    public int first() {
      return startLine == null ? line : startLine;
    }
  }
}
