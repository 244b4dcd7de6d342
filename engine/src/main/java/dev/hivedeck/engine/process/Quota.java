package dev.hivedeck.engine.process;

/**
 * What a tree of processes may take; each part is null where there is no limit.
 *
 * @param memory bytes that all of it may hold at once
 * @param cpu cores that all of it may keep busy
 * @param processes how many may live at once
 */
public record Quota(Long memory, Double cpu, Integer processes) {
  public static final Quota NONE = new Quota(null, null, null);
}
