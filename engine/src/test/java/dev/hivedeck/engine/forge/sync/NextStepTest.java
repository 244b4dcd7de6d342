package dev.hivedeck.engine.forge.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.config.forge.GitHubConfig;
import dev.hivedeck.engine.config.forge.GitHubConfig.MergedBy;
import dev.hivedeck.engine.forge.RemoteCheck;
import dev.hivedeck.engine.forge.RemotePull;
import dev.hivedeck.engine.protocol.forge.ForgeViews.CheckState;
import dev.hivedeck.engine.protocol.forge.ForgeViews.Mergeable;
import dev.hivedeck.engine.protocol.forge.ForgeViews.PullState;
import dev.hivedeck.engine.protocol.forge.ForgeViews.ReviewVerdict;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is done next, for each way in which both sides may stand. */
class NextStepTest {
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
  private static final String HEAD = "a".repeat(40);
  private static final String BEFORE = "b".repeat(40);
  private static final String FOREIGN = "c".repeat(40);

  private static NextStep.Local local(ChangeState state) {
    return new NextStep.Local(
        state,
        HEAD,
        "main",
        true,
        state == ChangeState.QUEUED,
        null,
        false,
        Set.of(HEAD),
        0,
        null,
        null);
  }

  private static RemotePull remote(PullState state, String head, CheckState... checks) {
    return remote(state, head, ReviewVerdict.NONE, null, Mergeable.MERGEABLE, checks);
  }

  private static RemotePull remote(
      PullState state,
      String head,
      ReviewVerdict verdict,
      @Nullable String reviewed,
      Mergeable mergeable,
      CheckState... checks) {
    var runs =
        Stream.of(checks)
            .map(c -> new RemoteCheck("c" + c, "", "", c, true, NOW, "", null, false))
            .toList();
    return new RemotePull(
        7, "PR_7", "", "t", "b", state, "main", head, null, mergeable, true, verdict, reviewed,
        runs, List.of());
  }

  private static GitHubConfig config(MergedBy merge, int rounds) {
    var standard = GitHubConfig.STANDARD;
    return new GitHubConfig(
        standard.remote(),
        null,
        standard.every(),
        standard.pulls(),
        merge,
        rounds,
        Duration.ofMinutes(10),
        standard.issues(),
        null);
  }

  private static ForgeStep next(NextStep.Local local, @Nullable RemotePull remote, MergedBy by) {
    return NextStep.of(local, remote, config(by, 3), NOW);
  }

  static Stream<Arguments> table() {
    var open = local(ChangeState.OPEN);
    var queued = local(ChangeState.QUEUED);
    return Stream.of(
        Arguments.of(open, null, MergedBy.QUEUE, ForgeStep.Publish.class),
        Arguments.of(local(ChangeState.DRAFT), null, MergedBy.QUEUE, ForgeStep.Rest.class),
        Arguments.of(local(ChangeState.MERGED), null, MergedBy.QUEUE, ForgeStep.Done.class),
        Arguments.of(open, remote(PullState.OPEN, HEAD), MergedBy.QUEUE, ForgeStep.Rest.class),
        Arguments.of(open, remote(PullState.OPEN, FOREIGN), MergedBy.QUEUE, ForgeStep.Ask.class),
        Arguments.of(
            new NextStep.Local(
                ChangeState.OPEN,
                HEAD,
                "main",
                true,
                false,
                null,
                false,
                Set.of(BEFORE),
                1,
                BEFORE,
                NOW),
            remote(PullState.OPEN, BEFORE, CheckState.FAILING),
            MergedBy.QUEUE,
            ForgeStep.Push.class),
        Arguments.of(
            open,
            remote(PullState.OPEN, HEAD, CheckState.FAILING),
            MergedBy.QUEUE,
            ForgeStep.SendBack.class),
        Arguments.of(
            open,
            remote(PullState.OPEN, HEAD, CheckState.CANCELLED, CheckState.PENDING),
            MergedBy.QUEUE,
            ForgeStep.Rest.class),
        Arguments.of(
            open,
            remote(
                PullState.OPEN, HEAD, ReviewVerdict.CHANGES_REQUESTED, HEAD, Mergeable.MERGEABLE),
            MergedBy.QUEUE,
            ForgeStep.SendBack.class),
        Arguments.of( // it was about what is mended by now
            open,
            remote(
                PullState.OPEN, HEAD, ReviewVerdict.CHANGES_REQUESTED, BEFORE, Mergeable.MERGEABLE),
            MergedBy.QUEUE,
            ForgeStep.Rest.class),
        Arguments.of(
            open,
            remote(PullState.OPEN, HEAD, ReviewVerdict.NONE, null, Mergeable.CONFLICTING),
            MergedBy.QUEUE,
            ForgeStep.SendBack.class),
        Arguments.of(
            local(ChangeState.CLOSED),
            remote(PullState.OPEN, HEAD),
            MergedBy.QUEUE,
            ForgeStep.Close.class),
        Arguments.of(
            local(ChangeState.MERGED),
            remote(PullState.OPEN, HEAD),
            MergedBy.QUEUE,
            ForgeStep.Close.class),
        Arguments.of(
            local(ChangeState.MERGED),
            remote(PullState.OPEN, HEAD),
            MergedBy.LOCAL,
            ForgeStep.Rest.class),
        Arguments.of(
            local(ChangeState.MERGED),
            remote(PullState.MERGED, HEAD),
            MergedBy.QUEUE,
            ForgeStep.Done.class),
        Arguments.of(open, remote(PullState.MERGED, HEAD), MergedBy.QUEUE, ForgeStep.Settle.class),
        Arguments.of(open, remote(PullState.CLOSED, HEAD), MergedBy.QUEUE, ForgeStep.Ask.class),
        Arguments.of(
            queued,
            remote(PullState.OPEN, HEAD, CheckState.PASSING),
            MergedBy.GITHUB,
            ForgeStep.Merge.class),
        Arguments.of( // another is before it in line, or the queue is frozen
            new NextStep.Local(
                ChangeState.QUEUED,
                HEAD,
                "main",
                true,
                false,
                null,
                false,
                Set.of(HEAD),
                0,
                null,
                null),
            remote(PullState.OPEN, HEAD, CheckState.PASSING),
            MergedBy.GITHUB,
            ForgeStep.Rest.class),
        Arguments.of( // a request for changes stands until the reviewer has looked again
            queued,
            remote(
                PullState.OPEN,
                HEAD,
                ReviewVerdict.CHANGES_REQUESTED,
                BEFORE,
                Mergeable.MERGEABLE,
                CheckState.PASSING),
            MergedBy.GITHUB,
            ForgeStep.Rest.class),
        Arguments.of( // main is pushed by a person, and the commit there is another
            new NextStep.Local(
                ChangeState.MERGED,
                HEAD,
                "main",
                true,
                false,
                FOREIGN,
                true,
                Set.of(),
                0,
                null,
                null),
            remote(PullState.OPEN, HEAD),
            MergedBy.LOCAL,
            ForgeStep.Close.class),
        Arguments.of( // it ends once main here has it
            local(ChangeState.CLOSED),
            remote(PullState.MERGED, HEAD),
            MergedBy.QUEUE,
            ForgeStep.Settle.class),
        Arguments.of( // not in line
            open,
            remote(PullState.OPEN, HEAD, CheckState.PASSING),
            MergedBy.GITHUB,
            ForgeStep.Rest.class),
        Arguments.of( // no check is no pass
            queued, remote(PullState.OPEN, HEAD), MergedBy.GITHUB, ForgeStep.Ask.class),
        Arguments.of(
            queued,
            remote(PullState.OPEN, HEAD, CheckState.CANCELLED),
            MergedBy.GITHUB,
            ForgeStep.Ask.class),
        Arguments.of(
            queued,
            remote(PullState.OPEN, HEAD, CheckState.PASSING),
            MergedBy.QUEUE,
            ForgeStep.Rest.class));
  }

  @ParameterizedTest
  @MethodSource("table")
  void bothSidesDecide(
      NextStep.Local local, @Nullable RemotePull remote, MergedBy by, Class<?> step) {
    assertThat(next(local, remote, by)).isInstanceOf(step);
  }

  @Test
  void itGoesBackOnceForACommitAfterAPauseAndSoOftenAtMost() {
    var failing = remote(PullState.OPEN, HEAD, CheckState.FAILING);
    var cooling =
        new NextStep.Local(
            ChangeState.OPEN,
            HEAD,
            "main",
            true,
            false,
            null,
            false,
            Set.of(HEAD),
            1,
            BEFORE,
            NOW.minusSeconds(60));
    assertThat(next(cooling, failing, MergedBy.QUEUE)).isInstanceOf(ForgeStep.Rest.class);
    assertThat(NextStep.of(cooling, failing, config(MergedBy.QUEUE, 3), NOW.plusSeconds(600)))
        .isInstanceOf(ForgeStep.SendBack.class);
    var same =
        new NextStep.Local(
            ChangeState.OPEN,
            HEAD,
            "main",
            true,
            false,
            null,
            false,
            Set.of(HEAD),
            1,
            HEAD,
            NOW.minusSeconds(6000));
    assertThat(next(same, failing, MergedBy.QUEUE))
        .isInstanceOfSatisfying(
            ForgeStep.Ask.class, ask -> assertThat(ask.problem()).contains("left it as it was"));
    var often =
        new NextStep.Local(
            ChangeState.OPEN,
            HEAD,
            "main",
            true,
            false,
            null,
            false,
            Set.of(HEAD),
            3,
            BEFORE,
            NOW.minusSeconds(6000));
    assertThat(next(often, failing, MergedBy.QUEUE))
        .isInstanceOfSatisfying(
            ForgeStep.Ask.class, ask -> assertThat(ask.problem()).contains("3 times"));
    assertThat(NextStep.of(local(ChangeState.OPEN), failing, config(MergedBy.QUEUE, 0), NOW))
        .as("rounds: 0 never sends back")
        .isInstanceOf(ForgeStep.Ask.class);
  }

  /** As when what is below it has moved and it has not yet. */
  @Test
  void whatIsPutOnAnotherCommitIsBlamedForNoConflictAndNotMerged() {
    var moving =
        new NextStep.Local(
            ChangeState.QUEUED, HEAD, null, true, true, null, false, Set.of(HEAD), 0, null, null);
    var conflict = remote(PullState.OPEN, HEAD, ReviewVerdict.NONE, null, Mergeable.CONFLICTING);
    assertThat(next(local(ChangeState.QUEUED), conflict, MergedBy.QUEUE))
        .isInstanceOf(ForgeStep.SendBack.class);
    assertThat(next(moving, conflict, MergedBy.QUEUE)).isInstanceOf(ForgeStep.Rest.class);
    var green = remote(PullState.OPEN, HEAD, CheckState.PASSING);
    assertThat(next(local(ChangeState.QUEUED), green, MergedBy.GITHUB))
        .isInstanceOf(ForgeStep.Merge.class);
    assertThat(next(moving, green, MergedBy.GITHUB)).isInstanceOf(ForgeStep.Rest.class);
    assertThat(next(moving, null, MergedBy.QUEUE))
        .as("for main it would show what is below it too")
        .isInstanceOf(ForgeStep.Rest.class);
  }

  @Test
  void whatAPersonMadeOneForAnotherBranchIsNotMergedThere() {
    var there = remote(PullState.OPEN, HEAD, CheckState.PASSING).onto("release-1");
    assertThat(next(local(ChangeState.QUEUED), there, MergedBy.GITHUB))
        .isInstanceOfSatisfying(
            ForgeStep.Ask.class,
            ask -> assertThat(ask.problem()).contains("for release-1 on GitHub", "for main"));
  }

  /** An agent that mends nothing is asked so often and no more, whatever GitHub says meanwhile. */
  @Test
  void nothingLoopsForEver() {
    for (long seed = 0; seed < 200; seed++) {
      var random = new Random(seed);
      int rounds = 0;
      String head = HEAD;
      String returned = null;
      Instant at = null;
      var now = NOW;
      for (int look = 0; look < 200; look++) {
        now = now.plusSeconds(random.nextInt(900));
        var local =
            new NextStep.Local(
                ChangeState.OPEN,
                head,
                "main",
                true,
                false,
                null,
                false,
                Set.of(head),
                rounds,
                returned,
                at);
        var conflict = random.nextBoolean() ? Mergeable.CONFLICTING : Mergeable.UNKNOWN;
        var remote =
            remote(PullState.OPEN, head, ReviewVerdict.NONE, null, conflict, CheckState.FAILING);
        if (NextStep.of(local, remote, config(MergedBy.QUEUE, 3), now)
            instanceof ForgeStep.SendBack) {
          rounds++;
          returned = head;
          at = now;
          head = "%040d".formatted(random.nextInt(1_000_000));
        }
      }
      assertThat(rounds).as("seed %d", seed).isEqualTo(3);
    }
  }
}
