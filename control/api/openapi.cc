#include "control/api/openapi.hh"

#include <algorithm>
#include <cctype>

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

Json names_of(RoleSet roles) {
  auto names = Json::array();
  for (std::size_t i = 0; i < role_names.size(); ++i)
    if (roles.has(static_cast<Role>(i))) names.push_back(role_names[i]);
  return names;
}

Json parameters_of(const ApiRoute& route) {
  auto parameters = Json::array();
  if (std::string_view{route.path}.find("{id}") != std::string_view::npos)
    parameters.push_back({{"name", "id"}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
  for (const auto& parameter : route.parameters) {
    Json schema = {{"type", "string"}};
    if (parameter.is_repeated) schema = {{"type", "array"}, {"items", {{"type", "string"}}}};
    parameters.push_back({{"name", parameter.name},
                          {"in", "query"},
                          {"description", parameter.about},
                          {"required", false},
                          {"schema", std::move(schema)}});
  }
  return parameters;
}

const char* media_type(ApiBody body) noexcept {
  switch (body) {
    case ApiBody::none: return "";
    case ApiBody::json: return "application/json";
    case ApiBody::pack: return "application/octet-stream";
    case ApiBody::parts: return "multipart/form-data";
  }
  return "";
}

Json operation_of(const ApiRoute& route) {
  Json operation = {{"summary", route.about}, {"x-roles", names_of(route.roles)}};
  if (route.changes) operation["x-changes"] = true;
  if (auto parameters = parameters_of(route); !parameters.empty()) operation["parameters"] = std::move(parameters);
  if (route.body != ApiBody::none)
    operation["requestBody"] = {{"description", route.body_about},
                                {"required", true},
                                {"content", {{media_type(route.body), {{"schema", Json::object()}}}}}};
  const Json error = {{"$ref", "#/components/responses/Error"}};
  operation["responses"] = {{"200", {{"description", "done, or the document that was asked for"}}},
                            {"400", error},
                            {"401", error},
                            {"403", error},
                            {"429", error},
                            {"default", error}};
  return operation;
}

}  // namespace

Json openapi_document(const std::vector<ApiRoute>& routes, const std::string& version) {
  auto paths = Json::object();
  for (const auto& route : routes) {
    std::string method = name_of(route.method);
    std::transform(method.begin(), method.end(), method.begin(),
                   [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
    paths[route.path][method] = operation_of(route);
  }
  const Json text = {{"type", "string"}};
  return {{"openapi", "3.0.3"},
          {"info", {{"title", "Sluice"}, {"version", version}, {"license", {{"name", "Apache-2.0"}}}}},
          {"security", {{{"token", Json::array()}}}},
          {"paths", std::move(paths)},
          {"components",
           {{"securitySchemes", {{"token", {{"type", "http"}, {"scheme", "bearer"}}}}},
            {"responses",
             {{"Error",
               {{"description", "what is wrong, and what to do"},
                {"content",
                 {{"application/json",
                   {{"schema",
                     {{"type", "object"},
                      {"required", {"error", "remedy"}},
                      {"properties", {{"error", text}, {"remedy", text}}}}}}}}}}}}}}}};
}

}  // namespace sluice
