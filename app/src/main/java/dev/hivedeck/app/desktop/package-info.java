/**
 * The desktop in a process with its engines: window, tray, screenshots. What the window shows is
 * the work of {@code ui}.
 */
package dev.hivedeck.app.desktop;
