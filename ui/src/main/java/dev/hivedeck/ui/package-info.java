/**
 * The desktop: one window on one workspace. Here it is wired together by hand; it reaches the
 * engine only through the protocol's API.
 */
package dev.hivedeck.ui;
