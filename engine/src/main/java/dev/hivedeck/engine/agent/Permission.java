package dev.hivedeck.engine.agent;

/**
 * Something that an agent may not do unasked.
 *
 * @param tool what it wants to use, in its own word: {@code bash}, {@code edit}, …
 * @param what the command, the path or the address
 * @param where the folder or file that it concerns; null when it does not say
 * @param detail more about it, a diff for example; null when there is none
 */
public record Permission(String tool, String what, String where, String detail) {

  /** What it was answered. */
  public enum Answer {
    ONCE,
    ALWAYS,
    NO
  }
}
