/**
 * The changes: what each does to the code, whether it is healthy, and the person's word on it. It
 * judges nothing itself and never touches git.
 */
package dev.hivedeck.ui.view.change;
