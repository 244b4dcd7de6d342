/**
 * What is told in passing: toasts, failed answers, counts of what waits. It tells, and asks
 * nothing.
 */
package dev.hivedeck.ui.shell.notice;
