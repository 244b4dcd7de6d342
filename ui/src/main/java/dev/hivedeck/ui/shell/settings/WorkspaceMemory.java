package dev.hivedeck.ui.shell.settings;

/** What the settings remember of one workspace. */
public final class WorkspaceMemory {
  private final Settings settings;
  private final String place;
  private final String former;

  WorkspaceMemory(Settings settings, String path) {
    this.settings = settings;
    this.place = "workspaces." + WorkspaceKey.of(path) + ".";
    this.former = "workspaces." + WorkspaceKey.former(path) + ".";
  }

  public String text(String key, String otherwise) {
    return settings.text(place + key, settings.text(former + key, otherwise));
  }

  public boolean flag(String key, boolean otherwise) {
    return settings.flag(place + key, settings.flag(former + key, otherwise));
  }

  public void put(String key, String value) {
    settings.put(place + key, value);
  }

  public void put(String key, boolean value) {
    settings.put(place + key, value);
  }
}
