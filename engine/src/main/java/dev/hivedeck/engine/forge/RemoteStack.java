package dev.hivedeck.engine.forge;

import java.util.List;

/**
 * A stack as the forge keeps it.
 *
 * @param number by which the forge knows it
 * @param pulls numbers of its open pull requests, the bottom first
 */
public record RemoteStack(int number, List<Integer> pulls) {
  public RemoteStack {
    pulls = List.copyOf(pulls);
  }
}
