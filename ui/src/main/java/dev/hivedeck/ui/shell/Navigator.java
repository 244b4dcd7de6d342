package dev.hivedeck.ui.shell;

/** Takes the person to a place. */
public interface Navigator {
  void to(Place place);

  /** To a place, with the thing of that id selected there. */
  void to(Place place, String id);
}
