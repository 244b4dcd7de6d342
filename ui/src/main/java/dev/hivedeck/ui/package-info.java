/**
 * The desktop: one window on the workspaces that are open. Here it is wired together by hand; it
 * reaches the engine only through the protocol's API.
 */
package dev.hivedeck.ui;
