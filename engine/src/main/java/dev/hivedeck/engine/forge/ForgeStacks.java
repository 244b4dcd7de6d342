package dev.hivedeck.engine.forge;

import java.util.List;
import java.util.Optional;

/** The stacks of pull requests that a forge keeps itself. Where it keeps none, nothing is done. */
public interface ForgeStacks {

  /** The stack that a pull request is in. */
  Optional<RemoteStack> of(int pull);

  /**
   * Makes a stack.
   *
   * @param pulls at least two, the bottom first, each for the branch of the one before it
   */
  void make(List<Integer> pulls);

  /**
   * Puts more on top of a stack.
   *
   * @param pulls as for {@link #make}, the first one for the branch of the top
   */
  void extend(RemoteStack stack, List<Integer> pulls);

  /** Takes its open pull requests out of a stack; they stay open. */
  void dissolve(RemoteStack stack);
}
