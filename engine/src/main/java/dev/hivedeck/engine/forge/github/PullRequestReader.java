package dev.hivedeck.engine.forge.github;

import dev.hivedeck.engine.forge.RemoteCheck;
import dev.hivedeck.engine.forge.RemoteNote;
import dev.hivedeck.engine.forge.RemotePull;
import dev.hivedeck.engine.forge.github.PullRequestAnswer.Context;
import dev.hivedeck.engine.forge.github.PullRequestAnswer.Review;
import dev.hivedeck.engine.forge.github.PullRequestAnswer.Said;
import dev.hivedeck.engine.protocol.forge.ForgeViews.CheckState;
import dev.hivedeck.engine.protocol.forge.ForgeViews.Mergeable;
import dev.hivedeck.engine.protocol.forge.ForgeViews.PullState;
import dev.hivedeck.engine.protocol.forge.ForgeViews.ReviewVerdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Brings what GitHub says into the words of here. */
final class PullRequestReader {
  /** Who may write to the repository, or to its organization's. */
  private static final Set<String> TRUSTED = Set.of("OWNER", "MEMBER", "COLLABORATOR");

  /** States in which GitHub merges. */
  private static final Set<String> MERGES = Set.of("CLEAN", "HAS_HOOKS", "UNSTABLE");

  private static final String REQUESTED = "CHANGES_REQUESTED";
  private static final String NOBODY = "ghost";

  private PullRequestReader() {}

  /**
   * @param contexts runs of all pages that were read
   * @param more whether there are others: what they say nobody knows, which is no pass
   */
  static RemotePull read(PullRequestAnswer answer, List<Context> contexts, boolean more) {
    var reviews =
        answer.latestOpinionatedReviews() == null
            ? List.<Review>of()
            : answer.latestOpinionatedReviews().all();
    return new RemotePull(
        answer.number(),
        answer.id(),
        answer.url(),
        answer.title(),
        answer.body() == null ? "" : answer.body(),
        state(answer.state()),
        text(answer.baseRefName()),
        answer.headRefOid(),
        answer.mergeCommit() == null ? null : answer.mergeCommit().oid(),
        mergeable(answer.mergeable()),
        answer.mergeStateStatus() != null && MERGES.contains(answer.mergeStateStatus()),
        verdict(answer.reviewDecision(), reviews),
        reviewed(reviews),
        more ? unread(contexts) : checks(contexts).toList(),
        notes(answer, reviews));
  }

  private static PullState state(String state) {
    return switch (state) {
      case "MERGED" -> PullState.MERGED;
      case "CLOSED" -> PullState.CLOSED;
      default -> PullState.OPEN;
    };
  }

  private static Mergeable mergeable(@Nullable String word) {
    return switch (word) {
      case "MERGEABLE" -> Mergeable.MERGEABLE;
      case "CONFLICTING" -> Mergeable.CONFLICTING;
      case null, default -> Mergeable.UNKNOWN;
    };
  }

  /** Where no review is required GitHub decides nothing; what was said counts all the same. */
  private static ReviewVerdict verdict(@Nullable String decision, List<Review> reviews) {
    return switch (decision) {
      case "APPROVED" -> ReviewVerdict.APPROVED;
      case REQUESTED -> ReviewVerdict.CHANGES_REQUESTED;
      case "REVIEW_REQUIRED" ->
          requested(reviews).isEmpty() ? ReviewVerdict.REQUIRED : ReviewVerdict.CHANGES_REQUESTED;
      case null, default ->
          !requested(reviews).isEmpty()
              ? ReviewVerdict.CHANGES_REQUESTED
              : reviews.stream().anyMatch(r -> r.state().equals("APPROVED") && trusted(r))
                  ? ReviewVerdict.APPROVED
                  : ReviewVerdict.NONE;
    };
  }

  /** Anybody may review a public repository; those count who may write to it. */
  private static List<Review> requested(List<Review> reviews) {
    return reviews.stream().filter(r -> r.state().equals(REQUESTED) && trusted(r)).toList();
  }

  private static boolean trusted(Review review) {
    return review.authorAssociation() != null && TRUSTED.contains(review.authorAssociation());
  }

  private static @Nullable String reviewed(List<Review> reviews) {
    Review newest = null;
    for (var review : requested(reviews)) {
      if (newest == null || !at(review).isBefore(at(newest))) {
        newest = review;
      }
    }
    var commit = newest == null ? null : newest.commit();
    return commit == null ? null : commit.oid();
  }

  private static Instant at(Review review) {
    var at = review.submittedAt();
    return at == null ? Instant.EPOCH : at;
  }

  private static Stream<RemoteCheck> checks(List<Context> contexts) {
    return contexts.stream().map(PullRequestReader::check);
  }

  private static List<RemoteCheck> unread(List<Context> contexts) {
    var rest =
        new RemoteCheck(
            "checks beyond the first " + contexts.size(),
            "",
            "",
            CheckState.PENDING,
            false,
            null,
            "",
            null,
            false);
    return Stream.concat(checks(contexts), Stream.of(rest)).toList();
  }

  private static RemoteCheck check(Context c) {
    boolean status = c.type().equals("StatusContext");
    var run = c.checkSuite() == null ? null : c.checkSuite().workflowRun();
    return new RemoteCheck(
        text(status ? c.context() : c.name()),
        run == null || run.workflow() == null ? "" : text(run.workflow().name()),
        run == null ? "" : text(run.event()),
        checkState(status ? c.state() : c.status(), status ? null : c.conclusion(), status),
        c.required(),
        status ? c.createdAt() : c.startedAt(),
        status ? text(c.description()) : (text(c.title()) + "\n" + text(c.summary())).strip(),
        status ? c.targetUrl() : c.detailsUrl(),
        status);
  }

  /** As {@code gh} counts them, save that what was cut off has not failed. */
  static CheckState checkState(
      @Nullable String state, @Nullable String conclusion, boolean status) {
    String word = status || !"COMPLETED".equals(state) ? text(state) : text(conclusion);
    return switch (word) {
      case "SUCCESS" -> CheckState.PASSING;
      case "SKIPPED", "NEUTRAL" -> CheckState.SKIPPED;
      case "ERROR", "FAILURE", "TIMED_OUT", "ACTION_REQUIRED", "STARTUP_FAILURE" ->
          CheckState.FAILING;
      case "CANCELLED", "STALE" -> CheckState.CANCELLED;
      default -> CheckState.PENDING;
    };
  }

  private static List<RemoteNote> notes(PullRequestAnswer answer, List<Review> reviews) {
    var notes = new ArrayList<RemoteNote>();
    for (var review : reviews) {
      if (!text(review.body()).isBlank()) {
        notes.add(
            new RemoteNote(
                review.id(),
                login(review.author()),
                trusted(review),
                review.viewerDidAuthor(),
                null,
                0,
                text(review.body()),
                null,
                !review.state().equals(REQUESTED),
                at(review),
                null));
      }
    }
    if (answer.comments() != null) {
      answer.comments().all().forEach(said -> notes.add(note(said, null, 0, null, null)));
    }
    if (answer.reviewThreads() != null) {
      for (var thread : answer.reviewThreads().all()) {
        int line = thread.line() == null ? 0 : thread.line();
        String first = null;
        for (var said : thread.comments() == null ? List.<Said>of() : thread.comments().all()) {
          notes.add(note(said, thread.path(), line, first, thread));
          first = first == null ? said.id() : first;
        }
      }
    }
    notes.sort(Comparator.comparing(RemoteNote::at));
    return notes;
  }

  private static RemoteNote note(
      Said said,
      @Nullable String file,
      int line,
      @Nullable String answers,
      PullRequestAnswer.@Nullable ReviewThread thread) {
    return new RemoteNote(
        said.id(),
        login(said.author()),
        said.authorAssociation() != null && TRUSTED.contains(said.authorAssociation()),
        said.viewerDidAuthor(),
        file,
        line,
        text(said.body()),
        answers,
        thread == null || thread.isResolved(),
        said.createdAt(),
        thread == null ? null : thread.id());
  }

  /** An account that is gone has left what it said. */
  private static String login(PullRequestAnswer.@Nullable Author author) {
    return author == null ? NOBODY : author.login();
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
