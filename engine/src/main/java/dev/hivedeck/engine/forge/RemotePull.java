package dev.hivedeck.engine.forge;

import dev.hivedeck.engine.protocol.forge.ForgeViews.Mergeable;
import dev.hivedeck.engine.protocol.forge.ForgeViews.PullState;
import dev.hivedeck.engine.protocol.forge.ForgeViews.ReviewVerdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pull request as the forge has it.
 *
 * @param node its id there
 * @param base branch that it is for; empty where the forge does not say
 * @param head commit that it has
 * @param merge commit that brought it to its base; null before
 * @param mayMerge whether the forge's own rules let it be merged now
 * @param verdict of reviewers
 * @param reviewed the commit that the newest request for changes is about; null for none
 * @param checks all runs that the forge told of
 * @param notes what was said, the oldest first
 */
public record RemotePull(
    int number,
    String node,
    String url,
    String title,
    String body,
    PullState state,
    String base,
    String head,
    @Nullable String merge,
    Mergeable mergeable,
    boolean mayMerge,
    ReviewVerdict verdict,
    @Nullable String reviewed,
    List<RemoteCheck> checks,
    List<RemoteNote> notes) {
  public RemotePull {
    checks = List.copyOf(checks);
    notes = List.copyOf(notes);
  }

  /** The same for another branch: whether it merges onto that is not known yet. */
  public RemotePull onto(String branch) {
    return new RemotePull(
        number,
        node,
        url,
        title,
        body,
        state,
        branch,
        head,
        merge,
        Mergeable.UNKNOWN,
        false,
        verdict,
        reviewed,
        checks,
        notes);
  }
}
