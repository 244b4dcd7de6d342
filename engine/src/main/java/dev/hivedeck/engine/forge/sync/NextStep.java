package dev.hivedeck.engine.forge.sync;

import dev.hivedeck.engine.config.forge.GitHubConfig;
import dev.hivedeck.engine.config.forge.GitHubConfig.MergedBy;
import dev.hivedeck.engine.forge.CheckRollup;
import dev.hivedeck.engine.forge.RemoteCheck;
import dev.hivedeck.engine.forge.RemotePull;
import dev.hivedeck.engine.protocol.forge.ForgeViews.CheckState;
import dev.hivedeck.engine.protocol.forge.ForgeViews.Mergeable;
import dev.hivedeck.engine.protocol.forge.ForgeViews.ReviewVerdict;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides by what both sides say. It knows no clock, no network and no database. */
public final class NextStep {
  private NextStep() {}

  /**
   * How a change stands here.
   *
   * @param head commit of the change
   * @param base branch that its pull request is to be for; null while the change is put on another
   *     commit, or what it stands on is, or has no pull request
   * @param reviewable whether its task is done, so that it can be sent back
   * @param turn whether it is the first in line that may be merged
   * @param merge commit that brought it to main; null before
   * @param published whether main at the remote has that commit, as far as it is known here
   * @param pushed commits that were pushed to its branch from here, or were about to be
   * @param rounds how often it went back because of what the forge said
   * @param returnedHead the commit for which it went back last; null for none
   * @param returnedAt when that was; null for never
   */
  public record Local(
      ChangeState state,
      String head,
      @Nullable String base,
      boolean reviewable,
      boolean turn,
      @Nullable String merge,
      boolean published,
      Set<String> pushed,
      int rounds,
      @Nullable String returnedHead,
      @Nullable Instant returnedAt) {
    public Local {
      pushed = Set.copyOf(pushed);
    }

    boolean over() {
      return state.over();
    }
  }

  /**
   * @param remote null where there is no pull request
   */
  public static ForgeStep of(
      Local local, @Nullable RemotePull remote, GitHubConfig config, Instant now) {
    if (remote == null) {
      return unpublished(local);
    }
    return switch (remote.state()) {
      case MERGED -> merged(local, remote);
      case CLOSED -> closed(local);
      case OPEN -> open(local, remote, config, now);
    };
  }

  /** For main it would show, and merge, all that is below it. */
  private static ForgeStep unpublished(Local local) {
    if (local.over()) {
      return new ForgeStep.Done();
    }
    if (local.state() == ChangeState.DRAFT || local.state() == ChangeState.MERGING) {
      return new ForgeStep.Rest("it is at work");
    }
    return local.base() == null
        ? new ForgeStep.Rest("it waits for what it stands on")
        : new ForgeStep.Publish();
  }

  private static ForgeStep merged(Local local, RemotePull remote) {
    return switch (local.state()) {
      case MERGED -> new ForgeStep.Done();
      default -> new ForgeStep.Settle(remote.merge() == null ? remote.head() : remote.merge());
    };
  }

  private static ForgeStep closed(Local local) {
    return local.over()
        ? new ForgeStep.Done()
        : new ForgeStep.Ask(
            "its pull request was closed on GitHub without a merge",
            "Close the change, or reopen the pull request.");
  }

  private static ForgeStep open(Local local, RemotePull remote, GitHubConfig config, Instant now) {
    return switch (local.state()) {
      case MERGED ->
          config.merge() == MergedBy.QUEUE || local.published()
              ? new ForgeStep.Close("Merged by Hivedeck's merge queue as " + local.merge() + ".")
              : new ForgeStep.Rest("it is merged here, and main is not pushed yet");
      case CLOSED -> new ForgeStep.Close("Its change was closed in Hivedeck.");
      case DRAFT, MERGING -> new ForgeStep.Rest("it is at work");
      default -> live(local, remote, config, now);
    };
  }

  private static ForgeStep live(Local local, RemotePull remote, GitHubConfig config, Instant now) {
    if (!remote.head().equals(local.head())) {
      return local.pushed().contains(remote.head())
          ? new ForgeStep.Push()
          : new ForgeStep.Ask(
              "somebody else pushed to its branch on GitHub",
              "Take that over by hand, or put the branch back to " + short7(local) + ".");
    }
    if (local.base() != null && !remote.base().isEmpty() && !remote.base().equals(local.base())) {
      return new ForgeStep.Ask(
          "its pull request is for %s on GitHub, and the change is for %s"
              .formatted(remote.base(), local.base()),
          "Set its base to " + local.base() + " there.");
    }
    // What is below it is not there yet as it is here: that says nothing of the work.
    var reasons = reasons(local.base() == null ? remote.onto(remote.base()) : remote);
    if (!reasons.isEmpty()) {
      return back(local, reasons, config, now);
    }
    return config.merge() == MergedBy.GITHUB
            && local.base() != null
            && local.state() == ChangeState.QUEUED
        ? merge(local, remote)
        : rest(remote);
  }

  private static ForgeStep back(
      Local local, List<String> reasons, GitHubConfig config, Instant now) {
    if (!local.reviewable()) {
      return new ForgeStep.Rest("it is at work");
    }
    if (local.rounds() >= config.rounds()) {
      return new ForgeStep.Ask(
          went(local.rounds()) + ": " + String.join("; ", reasons),
          "Look at it, then send it back, merge or close it yourself.");
    }
    if (local.head().equals(local.returnedHead())) {
      // It came back as it went: the same would not help.
      return new ForgeStep.Ask(
          "its agent left it as it was, and " + String.join("; ", reasons),
          "Tell its agent what to do, or close it.");
    }
    boolean cools =
        local.returnedAt() != null && now.isBefore(local.returnedAt().plus(config.cooldown()));
    return cools
        ? new ForgeStep.Rest("it goes back again after a pause: " + String.join("; ", reasons))
        : new ForgeStep.SendBack(reasons);
  }

  private static String went(int rounds) {
    return switch (rounds) {
      case 0 -> "it does not go back to its agent by itself";
      case 1 -> "it went back to its agent once";
      default -> "it went back to its agent " + rounds + " times";
    };
  }

  /** Why the agent has more to do, in words; empty for nothing. */
  static List<String> reasons(RemotePull remote) {
    var reasons = new ArrayList<String>();
    var failing = CheckRollup.of(remote.checks()).failing();
    if (!failing.isEmpty()) {
      reasons.add(
          "checks failed on GitHub: "
              + String.join(", ", failing.stream().map(RemoteCheck::name).distinct().toList()));
    }
    boolean thisOne = remote.reviewed() == null || remote.reviewed().equals(remote.head());
    if (remote.verdict() == ReviewVerdict.CHANGES_REQUESTED && thisOne) {
      reasons.add("a reviewer on GitHub asks for changes");
    }
    if (remote.mergeable() == Mergeable.CONFLICTING) {
      reasons.add("it conflicts with its base on GitHub");
    }
    return reasons;
  }

  /** No check is not a pass: where there is none, a person merges there. */
  private static ForgeStep merge(Local local, RemotePull remote) {
    if (remote.verdict() == ReviewVerdict.CHANGES_REQUESTED) {
      // About what was pushed before: whether that is mended is for the reviewer to say.
      return new ForgeStep.Rest("a reviewer on GitHub asked for changes and has not looked again");
    }
    var checks = CheckRollup.of(remote.checks());
    return switch (checks.state()) {
      case PASSING ->
          remote.mayMerge()
              ? local.turn()
                  ? new ForgeStep.Merge()
                  : new ForgeStep.Rest("it waits for its turn in the merge queue")
              : new ForgeStep.Rest("GitHub's rules do not let it be merged yet");
      case NONE, SKIPPED ->
          new ForgeStep.Ask(
              "nothing was checked on GitHub, which is no pass",
              "Add a check there, or merge it on GitHub yourself.");
      case CANCELLED ->
          new ForgeStep.Ask(
              "a check was cancelled on GitHub, which says nothing", "Run it again there.");
      default -> new ForgeStep.Rest("it waits for its checks on GitHub");
    };
  }

  private static ForgeStep rest(RemotePull remote) {
    return new ForgeStep.Rest(
        CheckRollup.of(remote.checks()).state() == CheckState.PENDING
            ? "it waits for its checks on GitHub"
            : "GitHub has nothing against it");
  }

  private static String short7(Local local) {
    return local.head().substring(0, Math.min(7, local.head().length()));
  }
}
