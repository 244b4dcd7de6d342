package dev.hivedeck.engine.protocol.forge;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.protocol.view.Word;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The link to GitHub and the pull requests there, as clients see them. */
public final class ForgeViews {
  private ForgeViews() {}

  /** How the last look at GitHub ended. */
  public enum Reach implements Word {
    /** There is no link. */
    UNLINKED,
    /** It is linked, and was not looked at yet. */
    NEW,
    REACHED,
    /** Nobody answers, or not as GitHub does; it is tried again. */
    OFFLINE,
    /** GitHub asks to wait. */
    LIMITED,
    /** GitHub refuses: a person has to look. */
    REFUSED;

    @JsonCreator
    public static Reach of(String word) {
      return Word.parse(Reach.class, word);
    }
  }

  /**
   * How it stands with the link.
   *
   * @param id always {@link #ID}
   * @param repository {@code owner/name}; null without a link
   * @param api base address of its API; null without a link
   * @param tokenFrom where the token is asked for; null without a link
   * @param login whose token it is; null where GitHub does not say
   * @param problem what went wrong at the last look; null for nothing
   * @param remedy what helps; null for nothing
   * @param remaining requests that may be sent until {@code resetsAt}; null while unknown
   * @param limit of requests in an hour; null while unknown
   * @param resetsAt when the limit begins anew; null while unknown
   * @param syncedAt when the last whole look ended; null before the first
   * @param retryAt when it is tried again, after a look that failed; null otherwise
   */
  public record ForgeStatus(
      String id,
      Reach reach,
      @Nullable String repository,
      @Nullable String api,
      @Nullable String tokenFrom,
      @Nullable String login,
      @Nullable String problem,
      @Nullable String remedy,
      @Nullable Integer remaining,
      @Nullable Integer limit,
      @Nullable Instant resetsAt,
      @Nullable Instant syncedAt,
      @Nullable Instant retryAt)
      implements View {
    public static final String ID = "github";

    /** Without a link. */
    public static final ForgeStatus NONE =
        new ForgeStatus(
            ID, Reach.UNLINKED, null, null, null, null, null, null, null, null, null, null, null);

    /** Whether there is a link. */
    public boolean linked() {
      return reach != Reach.UNLINKED;
    }
  }

  /**
   * A webhook that was taken.
   *
   * @param event its name on GitHub
   * @param fresh whether it came for the first time
   * @param looks whether GitHub is looked at because of it
   */
  public record WebhookTaken(String event, boolean fresh, boolean looks) {}

  /** How a pull request ended, if it did. */
  public enum PullState implements Word {
    OPEN,
    MERGED,
    CLOSED;

    @JsonCreator
    public static PullState of(String word) {
      return Word.parse(PullState.class, word);
    }
  }

  /** Whether it merges onto its base. */
  public enum Mergeable implements Word {
    /** GitHub has not tried yet. */
    UNKNOWN,
    MERGEABLE,
    CONFLICTING;

    @JsonCreator
    public static Mergeable of(String word) {
      return Word.parse(Mergeable.class, word);
    }
  }

  /** How a check stands, or all of them. */
  public enum CheckState implements Word {
    /** There is none: nothing was checked. */
    NONE,
    PENDING,
    PASSING,
    FAILING,
    /** Cut off before it said anything; neither passed nor failed. */
    CANCELLED,
    /** It has nothing to say here. */
    SKIPPED;

    @JsonCreator
    public static CheckState of(String word) {
      return Word.parse(CheckState.class, word);
    }
  }

  /** What reviewers on GitHub say. */
  public enum ReviewVerdict implements Word {
    NONE,
    REQUIRED,
    APPROVED,
    CHANGES_REQUESTED;

    @JsonCreator
    public static ReviewVerdict of(String word) {
      return Word.parse(ReviewVerdict.class, word);
    }
  }

  /**
   * The newest run of a check.
   *
   * @param workflow that it belongs to; empty for none
   * @param url where it is looked at; null for nowhere
   * @param required whether GitHub merges only with it
   */
  public record CheckRun(
      String name, String workflow, CheckState state, boolean required, @Nullable String url) {}

  /**
   * The pull request of a change.
   *
   * @param id of the change
   * @param number on GitHub
   * @param head that the pull request has
   * @param checks all of them in one word
   * @param runs each check by its newest run
   * @param rounds how often it went back to its agent because of what GitHub said
   * @param problem what a person has to look at; null for nothing
   * @param remedy what helps; null for nothing
   */
  public record PullRequest(
      String id,
      int number,
      String url,
      PullState state,
      String head,
      Mergeable mergeable,
      ReviewVerdict review,
      CheckState checks,
      List<CheckRun> runs,
      int rounds,
      @Nullable String problem,
      @Nullable String remedy,
      Instant changedAt)
      implements View {
    public PullRequest {
      runs = List.copyOf(runs);
    }
  }
}
