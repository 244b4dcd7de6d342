package dev.hivedeck.engine.rollout.flag;

import org.jspecify.annotations.Nullable;

/**
 * What became of something that was done with a variant, as users' code reports it.
 *
 * @param ok whether it went well; null is refused
 * @param milliseconds that it took; null where that is not said
 * @param id of the report, so that one that is sent again is counted once; null for none
 * @param reason why it got the variant, as OpenFeature has it; what a rule gave, or the kill
 *     switch, is no part of what a rollout counts
 */
public record FlagOutcome(
    @Nullable String variant,
    @Nullable Boolean ok,
    @Nullable Double milliseconds,
    @Nullable String id,
    @Nullable String reason) {}
