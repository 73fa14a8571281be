// The hidden frame that renews a session loads its few lines only, never the application.
if (location.pathname === "/desk/silent") {
  void import("./auth/silent");
} else {
  void import("./app/start");
}
