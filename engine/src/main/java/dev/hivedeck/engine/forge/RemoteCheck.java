package dev.hivedeck.engine.forge;

import dev.hivedeck.engine.protocol.forge.ForgeViews.CheckState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A run of a check, or a commit's status.
 *
 * @param workflow that it belongs to; empty for none
 * @param event that started it; empty for none
 * @param startedAt null where it has not begun or nobody says
 * @param summary what it says of itself; empty for nothing
 * @param url where it is looked at; null for nowhere
 * @param status whether it is a commit's status, which has no workflow
 */
public record RemoteCheck(
    String name,
    String workflow,
    String event,
    CheckState state,
    boolean required,
    @Nullable Instant startedAt,
    String summary,
    @Nullable String url,
    boolean status) {}
